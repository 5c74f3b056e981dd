/**
 * The package `re2js`, loaded with the first expression that is checked. It is an optional dependency: a program that uses the library
 * `lifeboat/xds` without checking resources does not need it.
 */
import { createRequire } from 'node:module';
import type * as re2js from 're2js';

type Engine = typeof re2js;

const load = createRequire(import.meta.url);

/** Throws an Error that says what to install, if the package is not installed. */
export function engine(): Engine {
  try {
    return load('re2js') as Engine;
  } catch (cause) {
    throw new Error(
      'Regular expressions cannot be checked without the package re2js; install it with npm install re2js',
      { cause },
    );
  }
}
