import flowControlJson from './flow_control.json' with { type: 'json' }
import type { Bootstrapped } from './stored.ts'

/** Flow schemas and priority levels that every cluster has; Berth's own gate (`request_gate.ts`) does not read them. */
const FACTS = flowControlJson as unknown as {
  readonly flowSchemas: Readonly<Record<string, { readonly priorityLevelConfiguration: { readonly name: string } }>>
  readonly priorityLevels: Readonly<Record<string, object>>
}

const GROUP = 'flowcontrol.apiserver.k8s.io'
const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' }

export function bootstrapFlowControl(now: string): Bootstrapped[] {
  const levels = Object.entries(FACTS.priorityLevels).map(([name, spec]) => ({
    resource: [GROUP, 'v1', 'prioritylevelconfigurations'] as const,
    draft: { metadata: { name, annotations, generation: 1 }, spec, status: {} },
  }))
  const schemas = Object.entries(FACTS.flowSchemas).map(([name, spec]) => ({
    resource: [GROUP, 'v1', 'flowschemas'] as const,
    draft: { metadata: { name, annotations, generation: 1 }, spec, status: { conditions: [found(spec, now)] } },
  }))
  return [...levels, ...schemas]
}

const found = (spec: { readonly priorityLevelConfiguration: { readonly name: string } }, now: string) => ({
  type: 'Dangling',
  status: 'False',
  lastTransitionTime: now,
  reason: 'Found',
  message: `This FlowSchema references the PriorityLevelConfiguration object named "${spec.priorityLevelConfiguration.name}" and it exists`,
})
