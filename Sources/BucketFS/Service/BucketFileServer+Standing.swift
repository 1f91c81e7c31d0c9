extension BucketFileServer {
    /// How one file service stands.
    package struct Standing: Sendable, Hashable {
        /// Its name in the configuration.
        package let name: String
        /// Whether each of its ports is open.
        package let isOpen: Bool
    }

    /// How every service of the configuration in force stands, by name.
    package var standing: [Standing] {
        let (plan, open) = (plan, openEndpoints)
        let closed = Set(plan.endpoints.filter { !open.contains($0.key) }.map(\.value.name))
        return plan.services.map(\.name).sorted().map { Standing(name: $0, isOpen: !closed.contains($0)) }
    }
}
