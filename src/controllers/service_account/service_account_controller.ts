import { ApiError, isAlreadyExists, isNotFound } from '../../api/error.ts'
import type { ResourceRef } from '../../api/resource.ts'
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from '../../api/resources.ts'
import type { ConfigMap, Draft, KubeObject, Namespace, ServiceAccount } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import { type Controller, type ControllerDeps, done, type WatchRule, watchRule } from '../runtime/controller.ts'

/** The account that pods get which name none. */
const DEFAULT_ACCOUNT = 'default'
/** The map by which pods know the certificate of the API server. */
const ROOT_CERTIFICATE_MAP = 'kube-root-ca.crt'
const DESCRIPTION_ANNOTATION = 'kubernetes.io/description'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

export interface AccountView {
  readonly namespace: Namespace
  readonly account: ServiceAccount | undefined
  readonly certificates: ConfigMap | undefined
  /** The certificate of the cluster's authority, PEM. */
  readonly authority: string
}

export interface AccountPlan {
  readonly createAccount: Draft<ServiceAccount> | undefined
  readonly createCertificates: Draft<ConfigMap> | undefined
  readonly updateCertificates: ConfigMap | undefined
}

/** What every namespace must have: its default account and the map with the cluster's certificate. Pure. */
export function decideAccount(view: AccountView): AccountPlan {
  const { namespace, account, certificates, authority } = view
  const ends = namespace.metadata.deletionTimestamp !== undefined
  const place = { namespace: namespace.metadata.name }
  const data = { 'ca.crt': authority }
  const annotations = { [DESCRIPTION_ANNOTATION]: DESCRIPTION }
  const differs = certificates !== undefined && certificates.data?.['ca.crt'] !== authority
  return {
    createAccount: ends || account ? undefined : { metadata: { ...place, name: DEFAULT_ACCOUNT } },
    createCertificates:
      ends || certificates ? undefined : { metadata: { ...place, name: ROOT_CERTIFICATE_MAP, annotations }, data },
    updateCertificates: ends || !differs ? undefined : { ...certificates, data },
  }
}

/** Keeps the default account and the certificate map in every namespace. `authority` is the CA as PEM. */
export function createServiceAccountController(
  deps: ControllerDeps,
  options: { readonly authority: string },
): Controller<AccountView, AccountPlan> {
  const namespaces = deps.informers.of(NAMESPACES)
  const accounts = deps.informers.of(SERVICE_ACCOUNTS)
  const maps = deps.informers.of(CONFIG_MAPS)
  return {
    name: 'service-account',
    watches: [
      watchRule(NAMESPACES, (change) => [change.key]),
      watchNamed(SERVICE_ACCOUNTS, DEFAULT_ACCOUNT),
      watchNamed(CONFIG_MAPS, ROOT_CERTIFICATE_MAP),
    ],
    view(key) {
      const namespace = namespaces.get(key)
      if (namespace === undefined) return undefined
      const account = accounts.get(`${key}/${DEFAULT_ACCOUNT}`)
      const certificates = maps.get(`${key}/${ROOT_CERTIFICATE_MAP}`)
      return { namespace, account, certificates, authority: options.authority }
    },
    decide: decideAccount,
    apply: async (plan, _view, client) => {
      await Promise.all([
        create(client, SERVICE_ACCOUNTS, plan.createAccount),
        create(client, CONFIG_MAPS, plan.createCertificates),
        plan.updateCertificates && client.update(CONFIG_MAPS, plan.updateCertificates),
      ])
      return done
    },
  }
}

/** The objects of one name concern their namespace when they go or change. */
function watchNamed<T extends KubeObject>(resource: ResourceRef<T>, name: string): WatchRule {
  return watchRule(resource, ({ previous, current }) => {
    const metadata = (current ?? previous)?.metadata
    return metadata?.name === name && previous !== undefined ? [metadata.namespace ?? ''] : []
  })
}

/** That it is there already, or that its namespace has begun to end meanwhile, is as good as done. */
async function create<T extends KubeObject>(client: Client, resource: ResourceRef<T>, draft: Draft<T> | undefined) {
  if (draft === undefined) return
  try {
    await client.create(resource, draft)
  } catch (error) {
    if (!isAlreadyExists(error) && !isNotFound(error) && !isTerminating(error)) throw error
  }
}

const isTerminating = (error: unknown): boolean =>
  error instanceof ApiError && (error.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
