/**
 * Where volumes of the built-in provisioner live: directories that all nodes of the machine see.
 * Both calls may be repeated.
 */
export interface VolumeStore {
  /** Makes the directory if it is not there; answers its absolute path. What it holds already stays. */
  create(name: string): Promise<string>
  /** Removes the directory and all that is in it; that there is none is as good. */
  delete(name: string): Promise<void>
}
