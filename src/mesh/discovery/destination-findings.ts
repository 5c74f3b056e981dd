/** What is wrong with a Destination. An invalid value affects only itself: only that endpoint, port, host or label is ignored. */
import type { Diagnostic } from '../../api/diagnostic.js';
import type { FieldPath, Resource } from '../../api/resource.js';
import type { DestinationSpec } from '../../generated/resources.js';
import { collectFindings } from '../model/finding.js';
import { checkExternalService } from './external/external-findings.js';
import { checkLabels } from './services/labels.js';
import { checkKubeService } from './services/kube-service-findings.js';

export function destinationFindings({ ref, labels, spec = {} }: Resource<DestinationSpec>): readonly Diagnostic[] {
  const findings = collectFindings(ref);
  const { kubeService, externalService } = spec;
  checkLabels(findings, labels, ['metadata', 'labels']);
  const path = (type: string): FieldPath => ['spec', type];
  if (externalService) checkExternalService(findings, externalService, path('externalService'), ref);
  else if (kubeService) checkKubeService(findings, kubeService, path('kubeService'));
  else
    findings.error(
      'MissingField',
      ['spec'],
      'Missing required field "kubeService" or "externalService". The Destination is ignored.',
    );
  return findings.all;
}
