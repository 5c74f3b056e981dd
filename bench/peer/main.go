// The peer of the measurement: an ADS server on go-control-plane with the measured world in one of its caches.
//
//	-cache snapshot  SnapshotCache, what most control planes use: each change sets a snapshot with all resources
//	-cache linear    LinearCache of clusters and of load assignments behind a MuxCache: each change updates one resource
//
// It prints {"port": …, "control": …} when it listens. Each line "SERVICE PORT" on the control port moves the service's first
// endpoint to that port, and is answered with an empty line when the cache has it.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"strconv"
	"sync"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const (
	servicePort = 8080
	regions     = 8
)

func clusterName(index int) string {
	return fmt.Sprintf("outbound|%d||svc-%05d.global", servicePort, index)
}

func newCluster(index int) *cluster.Cluster {
	most := wrapperspb.UInt32(4294967295)
	return &cluster.Cluster{
		Name:                 clusterName(index),
		ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_EDS},
		EdsClusterConfig: &cluster.Cluster_EdsClusterConfig{EdsConfig: &core.ConfigSource{
			ResourceApiVersion:    core.ApiVersion_V3,
			ConfigSourceSpecifier: &core.ConfigSource_Ads{Ads: &core.AggregatedConfigSource{}},
		}},
		ConnectTimeout: durationpb.New(time.Second),
		CircuitBreakers: &cluster.CircuitBreakers{Thresholds: []*cluster.CircuitBreakers_Thresholds{
			{MaxConnections: most, MaxPendingRequests: most, MaxRequests: most, MaxRetries: most},
		}},
		OutlierDetection: &cluster.OutlierDetection{
			Consecutive_5Xx:                    wrapperspb.UInt32(5),
			Interval:                           durationpb.New(5 * time.Second),
			BaseEjectionTime:                   durationpb.New(15 * time.Second),
			MaxEjectionPercent:                 wrapperspb.UInt32(100),
			EnforcingSuccessRate:               wrapperspb.UInt32(0),
			ConsecutiveGatewayFailure:          wrapperspb.UInt32(5),
			EnforcingConsecutiveGatewayFailure: wrapperspb.UInt32(100),
		},
		CommonLbConfig: &cluster.Cluster_CommonLbConfig{
			HealthyPanicThreshold: &envoytype.Percent{Value: 1},
			UpdateMergeWindow:     durationpb.New(0),
		},
		UpstreamBindConfig: &core.BindConfig{SocketOptions: []*core.SocketOption{{
			Description: "TCP_USER_TIMEOUT", Level: 6, Name: 18, Value: &core.SocketOption_IntValue{IntValue: 5000},
		}}},
		UpstreamConnectionOptions: &cluster.UpstreamConnectionOptions{TcpKeepalive: &core.TcpKeepalive{
			KeepaliveProbes: wrapperspb.UInt32(3), KeepaliveTime: wrapperspb.UInt32(10), KeepaliveInterval: wrapperspb.UInt32(2),
		}},
	}
}

// Six endpoints in three localities, each a priority of its own. The first endpoint has the given port.
func newLoadAssignment(index int, port uint32) *endpoint.ClusterLoadAssignment {
	assignment := &endpoint.ClusterLoadAssignment{ClusterName: clusterName(index)}
	for place := range 3 {
		region := fmt.Sprintf("region-%d", (index+3*place)%regions)
		group := &endpoint.LocalityLbEndpoints{
			Locality:            &core.Locality{Region: region, Zone: region + "a"},
			LoadBalancingWeight: wrapperspb.UInt32(2),
			Priority:            uint32(place),
		}
		for number := 2 * place; number < 2*place+2; number++ {
			value := uint32(servicePort)
			if number == 0 {
				value = port
			}
			address := fmt.Sprintf("10.%d.%d.%d", index/250, index%250, number+1)
			group.LbEndpoints = append(group.LbEndpoints, newEndpoint(address, value))
		}
		assignment.Endpoints = append(assignment.Endpoints, group)
	}
	return assignment
}

func newEndpoint(address string, port uint32) *endpoint.LbEndpoint {
	socket := &core.SocketAddress{Address: address, PortSpecifier: &core.SocketAddress_PortValue{PortValue: port}}
	return &endpoint.LbEndpoint{HostIdentifier: &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{
		Address: &core.Address{Address: &core.Address_SocketAddress{SocketAddress: socket}},
	}}}
}

type change func(index int, port uint32) error

// All nodes share one snapshot.
type oneGroup struct{}

func (oneGroup) ID(*core.Node) string { return "all" }

func snapshotCache(services int) (cache.Cache, change, error) {
	clusters := make([]types.Resource, services)
	assignments := make([]types.Resource, services)
	for index := range services {
		clusters[index] = newCluster(index)
		assignments[index] = newLoadAssignment(index, servicePort)
	}
	snapshots := cache.NewSnapshotCache(true, oneGroup{}, nil)
	// Clusters keep their version, as a careful user of the library sees to, so that they are not sent again.
	unchanged := cache.NewResources("1", clusters)
	version := 0
	set := func() error {
		version++
		byType := map[resource.Type][]types.Resource{resource.EndpointType: assignments}
		snapshot, err := cache.NewSnapshot(strconv.Itoa(version), byType)
		if err != nil {
			return err
		}
		snapshot.Resources[types.Cluster] = unchanged
		return snapshots.SetSnapshot(context.Background(), "all", snapshot)
	}
	var mutex sync.Mutex
	return snapshots, func(index int, port uint32) error {
		mutex.Lock()
		defer mutex.Unlock()
		next := append([]types.Resource(nil), assignments...)
		next[index] = newLoadAssignment(index, port)
		assignments = next
		return set()
	}, set()
}

func linearCache(services int) (cache.Cache, change, error) {
	clusters, assignments := map[string]types.Resource{}, map[string]types.Resource{}
	for index := range services {
		clusters[clusterName(index)] = newCluster(index)
		assignments[clusterName(index)] = newLoadAssignment(index, servicePort)
	}
	byType := map[string]cache.Cache{}
	endpoints := cache.NewLinearCache(resource.EndpointType, cache.WithInitialResources(assignments))
	byType[resource.EndpointType] = endpoints
	byType[resource.ClusterType] = cache.NewLinearCache(resource.ClusterType, cache.WithInitialResources(clusters))
	mux := &cache.MuxCache{
		Classify:      func(request *cache.Request) string { return request.GetTypeUrl() },
		ClassifyDelta: func(request *cache.DeltaRequest) string { return request.GetTypeUrl() },
		Caches:        byType,
	}
	return mux, func(index int, port uint32) error {
		return endpoints.UpdateResource(clusterName(index), newLoadAssignment(index, port))
	}, nil
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func serveChanges(listener net.Listener, apply change) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer connection.Close()
			lines := bufio.NewScanner(connection)
			for lines.Scan() {
				var index int
				var port uint32
				if _, err := fmt.Sscanf(lines.Text(), "%d %d", &index, &port); err != nil {
					log.Fatal(err)
				}
				if err := apply(index, port); err != nil {
					log.Fatal(err)
				}
				fmt.Fprintln(connection)
			}
		}()
	}
}

func main() {
	kind := flag.String("cache", "snapshot", "snapshot or linear")
	services := flag.Int("services", 1000, "number of clusters")
	flag.Parse()
	build := snapshotCache
	if *kind == "linear" {
		build = linearCache
	}
	resources, apply, err := build(*services)
	if err != nil {
		log.Fatal(err)
	}
	xds, control := listen(), listen()
	go serveChanges(control, apply)
	server := grpc.NewServer(grpc.MaxConcurrentStreams(1_000_000), grpc.MaxRecvMsgSize(64<<20))
	discovery.RegisterAggregatedDiscoveryServiceServer(server, xdsServer(resources))
	port := func(listener net.Listener) int { return listener.Addr().(*net.TCPAddr).Port }
	fmt.Printf("{\"port\": %d, \"control\": %d}\n", port(xds), port(control))
	log.Fatal(server.Serve(xds))
}

func xdsServer(resources cache.Cache) server.Server {
	return server.NewServer(context.Background(), resources, nil)
}
