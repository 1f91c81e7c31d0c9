/// User id and group id an object belongs to, written `500 : 500`.
package struct Owner: Sendable, Hashable, CustomStringConvertible {
    /// User id.
    package let user: Int
    /// Group id.
    package let group: Int

    /// Ids as given; whether they exist is a matter of the document.
    package init(user: Int, group: Int) {
        self.user = user
        self.group = group
    }

    /// Reads two ids with a colon between them, blanks optional.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int(Blanks.trimmed($0)) }
        guard parts.count == 2, let user = parts[0], let group = parts[1], user >= 0, group >= 0 else { return nil }
        self.init(user: user, group: group)
    }

    package var description: String { "\(user) : \(group)" }
}

/// A port of the container and the port of the host it is mapped to, written `8563:8574`.
package struct PortPair: Sendable, Hashable, CustomStringConvertible {
    /// Port inside the container, 0 … 65535.
    package let container: Int
    /// Port of the host, 0 … 65535.
    package let host: Int

    /// Nil when one of them is no port number.
    package init?(container: Int, host: Int) {
        guard (0...65535).contains(container), (0...65535).contains(host) else { return nil }
        self.container = container
        self.host = host
    }

    /// Reads two numbers with a colon between them, blanks optional.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int(Blanks.trimmed($0)) }
        guard parts.count == 2, let container = parts[0], let host = parts[1] else { return nil }
        self.init(container: container, host: host)
    }

    package var description: String { "\(container):\(host)" }
}

/// A device and the directory it is found in, written `dev.1:/exa/data/storage`.
package struct DeviceMapping: Sendable, Hashable, CustomStringConvertible {
    /// Name of the device.
    package let device: String
    /// Directory the device is in.
    package let directory: String

    /// The two parts as given.
    package init(device: String, directory: String) {
        self.device = device
        self.directory = directory
    }

    /// Splits at the first colon; nil when one part is empty.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (device, directory) = (Blanks.trimmed(parts[0]), Blanks.trimmed(parts[1]))
        guard !device.isEmpty, !directory.isEmpty else { return nil }
        self.init(device: device, directory: directory)
    }

    package var description: String { "\(device):\(directory)" }
}
