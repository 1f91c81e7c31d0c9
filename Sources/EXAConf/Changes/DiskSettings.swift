/// What a disk of a node is given; nil leaves the key as it is.
package struct DiskSettings: Sendable, Hashable {
    /// `exastorage`, `db` or `swap`.
    package var component: String?
    /// Device names, absolute or relative to the storage directory.
    package var devices: [String]?
    /// Drive names.
    package var drives: [String]?
    /// Where devices are found.
    package var mapping: [DeviceMapping]?
    /// Content does not outlive the machine.
    package var isEphemeral: Bool?
    /// Past the page cache; only False is written.
    package var usesDirectIO: Bool?

    /// Nothing is changed by an argument that is left out.
    package init(
        component: String? = nil, devices: [String]? = nil, drives: [String]? = nil, mapping: [DeviceMapping]? = nil,
        isEphemeral: Bool? = nil, usesDirectIO: Bool? = nil
    ) {
        self.component = component
        self.devices = devices
        self.drives = drives
        self.mapping = mapping
        self.isEphemeral = isEphemeral
        self.usesDirectIO = usesDirectIO
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try Document.check(component, oneOf: ["exastorage", "db", "swap"], key: "Component")
        return [
            Assignment("Component", component),
            // A disk with one device is written without the comma that other lists get.
            try Assignment("Devices", list: devices, tight: devices?.count == 1),
            try Assignment("Drives", list: drives, tight: drives?.count == 1),
            try Assignment("Mapping", list: mapping?.map(\.description), tight: mapping?.count == 1),
            Assignment("Ephemeral", isEphemeral),
            Assignment("DirectIO", usesDirectIO == false ? false : nil),
        ]
    }
}
