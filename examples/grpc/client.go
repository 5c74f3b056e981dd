// Calls a method of a gRPC service over and over and prints each answer, or the error:
//
//	go mod init client && go mod tidy
//	GRPC_XDS_BOOTSTRAP=grpc.json go run client.go xds:///reviews-failover.bookinfo.global:9080 /package.Service/Method
//
// The message is plain bytes, so that no .proto is needed.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	_ "google.golang.org/grpc/xds"
)

type plain struct{}

func (plain) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (plain) Unmarshal(data []byte, v any) error { *v.(*[]byte) = data; return nil }
func (plain) Name() string                       { return "proto" }

func main() {
	channel, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	for ; ; time.Sleep(10 * time.Millisecond) {
		request, answer := []byte("who?"), []byte{}
		deadline, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		if err := channel.Invoke(deadline, os.Args[2], &request, &answer, grpc.ForceCodec(plain{})); err != nil {
			fmt.Printf("error %d: %s\n", status.Code(err), status.Convert(err).Message())
		} else {
			fmt.Println(string(answer))
		}
		cancel()
	}
}
