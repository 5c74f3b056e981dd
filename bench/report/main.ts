/** Writes docs/performance.md again from the stored figures, without measuring. */
import { readFigures } from '../figures.js';
import { writeDocument } from './document.js';

writeDocument(readFigures());
