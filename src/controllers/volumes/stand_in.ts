import type { ResourceRef } from '../../api/resource.ts'
import type { KubeObject, StorageClass } from '../../api/types.ts'
import { LOCAL_PROVISIONER, SERVED_BY_ANNOTATION } from './names.ts'

/** A cluster with a driver of its own says so by such an object, named as the provisioner. */
export const CSI_DRIVERS: ResourceRef<KubeObject> = {
  group: 'storage.k8s.io',
  version: 'v1',
  resource: 'csidrivers',
  kind: 'CSIDriver',
  namespaced: false,
}

/**
 * Provisioners that documents name and that a single machine cannot have: clouds, storage systems,
 * and the directories of other small clusters. The built-in provisioner stands in for them.
 */
const FOREIGN_PROVISIONERS: ReadonlySet<string> = new Set([
  // Ceph, by Rook and without it
  'ceph.rook.io/block',
  'rook.io/block',
  'rbd.csi.ceph.com',
  'cephfs.csi.ceph.com',
  'kubernetes.io/rbd',
  'kubernetes.io/cephfs',
  // other storage systems
  'driver.longhorn.io',
  'kubernetes.io/glusterfs',
  'kubernetes.io/portworx-volume',
  'nfs.csi.k8s.io',
  'k8s-sigs.io/nfs-subdir-external-provisioner',
  'topolvm.io',
  // small clusters
  'k8s.io/minikube-hostpath',
  'rancher.io/local-path',
  'docker.io/hostpath',
  'microk8s.io/hostpath',
  'openebs.io/local',
  'hostpath.csi.k8s.io',
  'kubernetes.io/host-path',
  // clouds, with the names of the drivers that Kubernetes had built in once
  'ebs.csi.aws.com',
  'efs.csi.aws.com',
  'kubernetes.io/aws-ebs',
  'pd.csi.storage.gke.io',
  'filestore.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'disk.csi.azure.com',
  'file.csi.azure.com',
  'kubernetes.io/azure-disk',
  'kubernetes.io/azure-file',
  'cinder.csi.openstack.org',
  'kubernetes.io/cinder',
  'csi.vsphere.vmware.com',
  'kubernetes.io/vsphere-volume',
  'diskplugin.csi.alibabacloud.com',
  'com.tencent.cloud.csi.cbs',
  'dobs.csi.digitalocean.com',
  'linodebs.csi.linode.com',
  'csi.hetzner.cloud',
])

/** Rook puts its namespace before the names of Ceph's drivers: `rook-ceph.rbd.csi.ceph.com`. */
const withoutNamespace = (provisioner: string): string => provisioner.replace(/^[^.]+\.(?=(rbd|cephfs)\.csi\.)/, '')

const isForeign = (provisioner: string): boolean => FOREIGN_PROVISIONERS.has(withoutNamespace(provisioner))

/** Whether the built-in provisioner may serve classes of others, as far as the cluster is concerned. */
export interface StandInRules {
  /** False in a cluster without nodes: nothing could use the volumes. */
  readonly allowed: boolean
  /** There is a CSIDriver of the provisioner's name, so somebody real serves it. */
  readonly hasDriver: boolean
}

/** Who makes the volumes of a class. */
export type Server = 'built-in' | 'stand-in' | 'others'

/** The annotation decides where there is one: `local` is this provisioner, any other word is somebody else. */
export function serverOf({ provisioner, metadata }: StorageClass, { allowed, hasDriver }: StandInRules): Server {
  if (provisioner === LOCAL_PROVISIONER) return 'built-in'
  const asked = metadata.annotations?.[SERVED_BY_ANNOTATION]
  if (asked !== undefined) return asked === 'local' ? 'stand-in' : 'others'
  return allowed && !hasDriver && isForeign(provisioner) ? 'stand-in' : 'others'
}

/** What a claim is told whose volume somebody else makes than its class says. */
export function standInMessage({ provisioner, parameters }: StorageClass): string {
  const ignored = Object.keys(parameters ?? {}).sort()
  const parametersNote =
    ignored.length === 0 ? '' : `; the class's parameters (${ignored.join(', ')}) mean nothing to it`
  return `${LOCAL_PROVISIONER} stands in for ${provisioner}, which nobody serves here: the volume is a directory of this machine, not replicated, and its size is not enforced${parametersNote}`
}
