/**
 * gRPC server reflection: lists the services and their .proto files. Both versions of the service have the same content.
 * https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
import { type Call, type CallHandler, answering } from '../protocol/calls.js';
import { STATUS } from '../transport/message-stream.js';
import { decodeProto, encodeProto } from '../wire/proto-message.js';
import { type ProtoFile, fileByName, fileWithSymbol, withDependencies } from './file-descriptors.js';

export const REFLECTION_VERSIONS = ['v1', 'v1alpha'] as const;

type Version = (typeof REFLECTION_VERSIONS)[number];

/** `messageRequest` names the field that is set. */
interface Request {
  readonly host: string;
  readonly messageRequest: keyof Questions | undefined;
}

interface Questions {
  readonly fileByFilename: string;
  readonly fileContainingSymbol: string;
  readonly fileContainingExtension: { readonly containingType: string; readonly extensionNumber: number };
  readonly allExtensionNumbersOfType: string;
  readonly listServices: string;
}

/** The field of `ServerReflectionResponse` with the answer. */
type Answer = Readonly<Record<string, unknown>>;

/** `ServerReflectionInfo` of `grpc.reflection.<version>.ServerReflection`. `services`: returns the full names of all services. */
export function serverReflection(version: Version, services: () => readonly string[]): (call: Call) => CallHandler {
  return answering((bytes) => {
    const request = decodeProto(`grpc.reflection.${version}.ServerReflectionRequest`, bytes) as Request & Questions;
    const fields = { validHost: request.host, originalRequest: request, ...answer(request, services) };
    return encodeProto(`grpc.reflection.${version}.ServerReflectionResponse`, fields);
  });
}

function answer(request: Request & Questions, services: () => readonly string[]): Answer {
  switch (request.messageRequest) {
    case 'listServices':
      return { listServicesResponse: { service: services().map((name) => ({ name })) } };
    case 'fileByFilename':
      return fileAnswer(fileByName(request.fileByFilename), request.fileByFilename);
    case 'fileContainingSymbol':
      return fileAnswer(fileWithSymbol(request.fileContainingSymbol), request.fileContainingSymbol);
    case 'allExtensionNumbersOfType':
      return extensionNumbers(request.allExtensionNumbersOfType);
    case 'fileContainingExtension':
      return failure(STATUS.notFound, 'no message here has extensions');
    case undefined:
      return failure(STATUS.invalidArgument, 'nothing was asked');
  }
}

function fileAnswer(file: ProtoFile | undefined, asked: string): Answer {
  if (file === undefined) return failure(STATUS.notFound, `${asked} is not known`);
  return { fileDescriptorResponse: { fileDescriptorProto: withDependencies(file) } };
}

/** In proto3, messages have no extensions. */
function extensionNumbers(type: string): Answer {
  if (fileWithSymbol(type) === undefined) return failure(STATUS.notFound, `${type} is not known`);
  return { allExtensionNumbersResponse: { baseTypeName: type, extensionNumber: [] } };
}

function failure(errorCode: number, errorMessage: string): Answer {
  return { errorResponse: { errorCode, errorMessage } };
}
