/** Reading protobuf, as everywhere in Lifeboat. */
export { LENGTH_DELIMITED, WireError, WireReader } from '../../proto/wire-reader.js';
