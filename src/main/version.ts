/** Berth's own version; the API shows it behind the version of Kubernetes that it emulates. */
export const VERSION = '0.1.0'
