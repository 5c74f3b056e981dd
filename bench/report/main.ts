/** Writes docs/performance.md anew from the figures that are kept, without measuring. */
import { readFigures } from '../figures.js';
import { writeDocument } from './document.js';

writeDocument(readFigures());
