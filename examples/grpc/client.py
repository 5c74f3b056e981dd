"""Calls a method of a gRPC service over and over and prints each answer, or the error:
    GRPC_XDS_BOOTSTRAP=grpc.json python3 client.py xds:///reviews-failover.bookinfo.global:9080 /package.Service/Method
Needs grpcio. The message is plain bytes, so that no .proto is needed."""
import sys
import time

import grpc

target, method = sys.argv[1:3]
with grpc.insecure_channel(target) as channel:
    call = channel.unary_unary(method)
    while True:
        try:
            print(call(b"who?", timeout=10).decode(), flush=True)
        except grpc.RpcError as error:
            print(f"error {error.code().value[0]}: {error.details()}", flush=True)
        time.sleep(0.01)
