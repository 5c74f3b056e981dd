/**
 * The .proto files of all that the server speaks, as descriptors. They are read from the build when they are first asked for,
 * and kept from then on.
 */
import { readFileSync } from 'node:fs';
import { lazy } from '../../proto/lazy.js';

export interface ProtoFile {
  readonly name: string;
  /** Names of the files that it needs itself. */
  readonly dependencies: readonly string[];
  /** Full names of the messages, enums, services and methods in it. */
  readonly symbols: readonly string[];
  /** `google.protobuf.FileDescriptorProto` in base64. */
  readonly bytes: string;
}

interface Index {
  readonly byName: ReadonlyMap<string, ProtoFile>;
  readonly bySymbol: ReadonlyMap<string, ProtoFile>;
}

/** Made by `proto/compile`, beside the compiled sources. */
const compiled = new URL('../../../generated/file-descriptors.json', import.meta.url);

const index = lazy((): Index => {
  const files = JSON.parse(readFileSync(compiled, 'utf8')) as readonly ProtoFile[];
  return {
    byName: new Map(files.map((file) => [file.name, file])),
    bySymbol: new Map(files.flatMap((file) => file.symbols.map((symbol) => [symbol, file] as const))),
  };
});

export function fileByName(name: string): ProtoFile | undefined {
  return index().byName.get(name);
}

/** The file that declares a message, enum, service or method. */
export function fileWithSymbol(symbol: string): ProtoFile | undefined {
  return index().bySymbol.get(symbol);
}

/** The file and all that it needs, itself first, as `google.protobuf.FileDescriptorProto` in base64. */
export function withDependencies(file: ProtoFile): readonly string[] {
  const files = new Set([file]);
  for (const { dependencies } of files) {
    for (const name of dependencies) {
      const needed = fileByName(name);
      if (needed !== undefined) files.add(needed);
    }
  }
  return [...files].map(({ bytes }) => bytes);
}
