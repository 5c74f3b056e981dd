/** The protobuf reader that all folders share. */
export { LENGTH_DELIMITED, WireError, WireReader } from '../../proto/wire-reader.js';
