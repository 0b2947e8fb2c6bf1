import type { KindRules, RuleContext } from '../api/kind_rules.ts'
import { rulesOf } from '../api/kinds/registry.ts'
import type { UserInfo } from '../api/request.ts'
import type { ResourceFacts } from '../api/schema/table.ts'
import type { Pod } from '../api/types.ts'
import type { Backlogs } from '../base/backlogs.ts'
import type { Store } from '../store/store.ts'
import type { Audit } from './access/audit.ts'
import type { Authorizer } from './access/authorization.ts'
import type { AdmissionChain } from './admission/admission.ts'
import type { FlowSchemas } from './http/flow_schemas.ts'
import type { RequestGate } from './http/request_gate.ts'
import type { UsageCollector } from './metrics/collector.ts'
import type { Traffic } from './metrics/traffic.ts'
import type { ServerDeps } from './server_deps.ts'
import type { ServiceAllocator } from './service_allocation.ts'
import type { Watched } from './watched.ts'

/** What every handler works with. */
export interface Core {
  readonly deps: ServerDeps
  readonly store: Store
  readonly admission: AdmissionChain
  readonly services: ServiceAllocator
  readonly authorizer: Authorizer
  readonly gate: RequestGate
  readonly audit: Audit
  readonly backlogs: Backlogs
  /** All pods, to find what the nodes' own ones name. */
  readonly pods: Watched<Pod>
  readonly traffic: Traffic
  /** Of which flow each request is. */
  readonly flows: FlowSchemas
  /** What nodes and pods use; absent where nobody could be asked. */
  readonly usage?: UsageCollector
}

const NO_GATES: ReadonlyMap<string, boolean> = new Map()

/** What the rules of a kind may know besides the object. */
export function ruleContext(core: Core, user: UserInfo): RuleContext {
  const { clock, random, featureGates } = core.deps
  return { now: clock.now(), random, user, featureGates: featureGates ?? NO_GATES }
}

export const rulesFor = (facts: ResourceFacts): KindRules => rulesOf(facts.ref.group, facts.ref.resource)
