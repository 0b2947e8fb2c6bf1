import type { AdmissionPlugin } from './admission.ts'
import { certificateSubject, certificates } from './certificates.ts'
import { defaultIngressClass } from './default_ingress_class.ts'
import { defaultStorageClass } from './default_storage_class.ts'
import { defaultTolerations } from './default_tolerations.ts'
import { deviceAdminAccess } from './device_admin_access.ts'
import { limitRanger } from './limit_ranger.ts'
import { namespaceLifecycle } from './namespace_lifecycle.ts'
import { nodeDeclaredFeatures } from './node_declared_features.ts'
import { nodeRestriction } from './node_restriction.ts'
import { podResize } from './pod_resize.ts'
import { podSecurity } from './pod_security.ts'
import { priority } from './priority.ts'
import { rbacEscalation } from './rbac_escalation.ts'
import { resourceQuota } from './resource_quota.ts'
import { runtimeClass } from './runtime_class.ts'
import { serviceAccount } from './service_account.ts'
import { storageProtection } from './storage_protection.ts'
import { volumeResize } from './volume_resize.ts'

/** Every rule at the door, in upstream's order. */
export const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  podSecurity,
  priority,
  defaultTolerations,
  defaultStorageClass,
  storageProtection,
  volumeResize,
  runtimeClass,
  rbacEscalation,
  certificates,
  certificateSubject,
  defaultIngressClass,
  nodeDeclaredFeatures,
  podResize,
  deviceAdminAccess,
  resourceQuota,
]
