/** Writes docs/performance.md anew from the results that are kept, without measuring. */
import { readResults } from '../results.js';
import { writeDocument } from './document.js';

writeDocument(readResults());
