import assert from 'node:assert/strict';
import { diagnosticCodes } from './codes.js';

describe('diagnosticCodes', () => {
  for (const [code, description] of Object.entries(diagnosticCodes)) {
    it(`describe ${code} in a sentence`, () => {
      assert.match(code, /^(?:[A-Z][a-z]*)+$/);
      assert.match(description, /^[A-Z].*\.$/);
    });
  }
});
