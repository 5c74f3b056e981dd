/** `make demo-kubernetes`: the guide with `kubectl apply` on the API servers of two clusters. */
import { kubernetesPrograms } from '../../support/kubernetes/programs.js';
import { play } from '../play.js';
import { raiseKubernetesStage } from './kubernetes-stage.js';

// Says what is missing, if something is.
if ((await kubernetesPrograms()) === undefined) process.exit(1);
await play('Failover Service, the guide, with kubectl and two Kubernetes API servers', raiseKubernetesStage);
