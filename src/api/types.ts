import type * as k8s from '@kubernetes/client-node'

/** An object as it stands in JSON: times are RFC 3339 text, nothing may be changed in place. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T

/** The value of JSON; what comes from outside has this type until it is decoded. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type OwnerReference = Wire<k8s.V1OwnerReference>
export type ManagedFieldsEntry = Wire<k8s.V1ManagedFieldsEntry>
type MetaBase = Wire<k8s.V1ObjectMeta>

/** Metadata of an object that the server has stored. A draft for `create` may lack everything but a name. */
export interface ObjectMeta extends Omit<MetaBase, 'managedFields'> {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
  readonly managedFields?: readonly ManagedFieldsEntry[]
}

/** What every stored object has. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

/** A draft of an object, as a client sends it: the server fills in the rest. */
export type Draft<T extends KubeObject> = Omit<T, 'metadata' | 'apiVersion' | 'kind'> & {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: Partial<ObjectMeta>
}

type Stored<T> = KubeObject & Omit<Wire<T>, 'apiVersion' | 'kind' | 'metadata'>
type WithSpec<T, Spec> = Omit<Stored<T>, 'spec'> & KubeObject & { readonly spec: Wire<Spec> }

export type Pod = WithSpec<k8s.V1Pod, k8s.V1PodSpec>
export type PodSpec = Wire<k8s.V1PodSpec>
export type PodStatus = Wire<k8s.V1PodStatus>
export type PodTemplateSpec = Wire<k8s.V1PodTemplateSpec>
export type Container = Wire<k8s.V1Container>
export type ContainerStatus = Wire<k8s.V1ContainerStatus>
export type Probe = Wire<k8s.V1Probe>
export type Volume = Wire<k8s.V1Volume>
export type StatefulSet = WithSpec<k8s.V1StatefulSet, k8s.V1StatefulSetSpec>
export type ReplicaSetStatus = Wire<k8s.V1ReplicaSetStatus>
export type DeploymentStatus = Wire<k8s.V1DeploymentStatus>
export type JobStatus = Wire<k8s.V1JobStatus>
export type DaemonSetStatus = Wire<k8s.V1DaemonSetStatus>
export type CronJobStatus = Wire<k8s.V1CronJobStatus>
export type StatefulSetStatus = Wire<k8s.V1StatefulSetStatus>
export type Deployment = WithSpec<k8s.V1Deployment, k8s.V1DeploymentSpec>
export type ReplicaSet = WithSpec<k8s.V1ReplicaSet, k8s.V1ReplicaSetSpec>
export type DaemonSet = WithSpec<k8s.V1DaemonSet, k8s.V1DaemonSetSpec>
export type Job = WithSpec<k8s.V1Job, k8s.V1JobSpec>
export type CronJob = WithSpec<k8s.V1CronJob, k8s.V1CronJobSpec>
export type ControllerRevision = Stored<k8s.V1ControllerRevision>
export type PersistentVolumeClaim = WithSpec<k8s.V1PersistentVolumeClaim, k8s.V1PersistentVolumeClaimSpec>
export type PersistentVolume = WithSpec<k8s.V1PersistentVolume, k8s.V1PersistentVolumeSpec>
export type StorageClass = Stored<k8s.V1StorageClass>
export type VolumeAttributesClass = Stored<k8s.V1VolumeAttributesClass>
export type Service = WithSpec<k8s.V1Service, k8s.V1ServiceSpec>
export type Endpoints = Stored<k8s.V1Endpoints>
export type EndpointSlice = Stored<k8s.V1EndpointSlice>
export type ConfigMap = Stored<k8s.V1ConfigMap>
export type Secret = Stored<k8s.V1Secret>
export type ServiceAccount = Stored<k8s.V1ServiceAccount>
export type Namespace = Stored<k8s.V1Namespace>
export type Node = WithSpec<k8s.V1Node, k8s.V1NodeSpec>
export type Event = Stored<k8s.CoreV1Event>
export type Lease = Stored<k8s.V1Lease>
export type CertificateSigningRequest = WithSpec<k8s.V1CertificateSigningRequest, k8s.V1CertificateSigningRequestSpec>
export type PriorityClass = Stored<k8s.V1PriorityClass>
export type PodDisruptionBudget = WithSpec<k8s.V1PodDisruptionBudget, k8s.V1PodDisruptionBudgetSpec>
export type ResourceQuota = WithSpec<k8s.V1ResourceQuota, k8s.V1ResourceQuotaSpec>
export type ClusterRole = Stored<k8s.V1ClusterRole>
export type LabelSelector = Wire<k8s.V1LabelSelector>
