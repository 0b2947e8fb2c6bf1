/** The API is the first address of the service range, cluster DNS the tenth. */
export const API_ADDRESS = '10.96.0.1'
export const API_PORT = 443
export const DNS_ADDRESS = '10.96.0.10'
export const DNS_PORT = 53
export const CLUSTER_DOMAIN = 'cluster.local'
