import assert from 'node:assert/strict';
import { missingPackages } from './missing-packages.js';

describe('missingPackages', () => {
  const notFound = Object.assign(new Error("Cannot find package 'x'"), { code: 'ERR_MODULE_NOT_FOUND' });

  it('is undefined for other errors', () => assert.equal(missingPackages(new Error('x')), undefined));

  it('is undefined if all packages are installed: then a file is missing', () =>
    assert.equal(missingPackages(notFound), undefined));

  it('names the missing packages', () => {
    const without = (...names: string[]) => missingPackages(notFound, (name) => !names.includes(name));
    const install = 'install the program with npm install --include=optional lifeboat';
    assert.equal(without('yaml'), `a package is not installed (yaml); ${install}`);
    assert.equal(without('yaml', 'pino'), `2 packages are not installed (pino, yaml); ${install}`);
  });
});
