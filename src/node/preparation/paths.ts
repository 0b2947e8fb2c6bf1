import type { Pod } from '../../api/types.ts'

/** Where the agent keeps what belongs to pods; everything lies under one directory of its own. */
export interface NodePaths {
  /** `/…/node-1`: short, because sockets and mounts lie below. */
  readonly root: string
}

export const podsDirectory = ({ root }: NodePaths): string => `${root}/pods`
export const logsDirectory = ({ root }: NodePaths): string => `${root}/logs`
export const podDirectory = (paths: NodePaths, podUid: string): string => `${podsDirectory(paths)}/${podUid}`
export const volumeDirectory = (paths: NodePaths, podUid: string, volume: string): string =>
  `${podDirectory(paths, podUid)}/volumes/${volume}`
export const subPathTarget = (
  paths: NodePaths,
  podUid: string,
  place: { readonly container: string; readonly index: number },
): string => `${podDirectory(paths, podUid)}/subpaths/${place.container}/${place.index}`
export const hostsFile = (paths: NodePaths, podUid: string): string => `${podDirectory(paths, podUid)}/etc-hosts`
/** Its presence says that the pod's volumes are mounted, also to the next agent process. */
export const mountedMark = (paths: NodePaths, podUid: string): string => `${podDirectory(paths, podUid)}/mounted`
export const terminationFile = (
  paths: NodePaths,
  podUid: string,
  instance: { readonly name: string; readonly attempt: number },
): string => `${podDirectory(paths, podUid)}/containers/${instance.name}/${instance.attempt}`

/** `namespace_name_uid`, as tools that collect logs expect it. */
export function podLogDirectory(paths: NodePaths, pod: Pod): string {
  const { name, namespace, uid } = pod.metadata
  return `${logsDirectory(paths)}/${namespace}_${name}_${uid}`
}

export const logFile = (
  paths: NodePaths,
  pod: Pod,
  instance: { readonly name: string; readonly attempt: number },
): string => `${podLogDirectory(paths, pod)}/${instance.name}/${instance.attempt}.log`

/** The name of an older part of a log; the higher its age, the older. */
export const rotatedLog = (path: string, age: number): string => `${path}.${age}`
