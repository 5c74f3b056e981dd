/** How protobuf types look in proto JSON, as TypeScript says it. https://protobuf.dev/programming-guides/json/ */
const wellKnown = {
  'google.protobuf.Any': 'Any',
  'google.protobuf.Duration': 'string',
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.FieldMask': 'string',
  'google.protobuf.Struct': 'JsonObject',
  'google.protobuf.Value': 'JsonValue',
  'google.protobuf.ListValue': 'readonly JsonValue[]',
  'google.protobuf.NullValue': 'null',
  'google.protobuf.Empty': 'Readonly<Record<string, never>>',
  'google.protobuf.DoubleValue': 'number',
  'google.protobuf.FloatValue': 'number',
  'google.protobuf.Int64Value': 'string | number',
  'google.protobuf.UInt64Value': 'string | number',
  'google.protobuf.Int32Value': 'number',
  'google.protobuf.UInt32Value': 'number',
  'google.protobuf.BoolValue': 'boolean',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'string',
};

/** The TypeScript type of a google.protobuf type that has a JSON form of its own, else `undefined`. */
export function wellKnownType(fullName) {
  return wellKnown[fullName];
}

/** The TypeScript type of a scalar. 64-bit integers are printed as strings and read as either. */
export function scalarType(type) {
  if (type === 'bool') return 'boolean';
  if (type === 'string' || type === 'bytes') return 'string';
  return type.includes('64') ? 'string | number' : 'number';
}
