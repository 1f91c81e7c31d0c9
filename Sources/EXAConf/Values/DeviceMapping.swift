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
