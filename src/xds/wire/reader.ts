/** Reading protobuf, as everywhere in Lifeboat. */
export { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT, WireError, WireReader } from '../../proto/wire-reader.js';
