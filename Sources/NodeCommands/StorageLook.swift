/// Tells what a node's storage is like for a configuration.
package struct StorageLook: StorageTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("storage.look", .none)

    /// What the storage of a node is like.
    package struct Answer: Codable, Sendable, Hashable {
        /// The id of the process that serves it.
        package let process: Int
        /// Bytes of the file system.
        package let free, total: Int
        /// What is set for it as a whole.
        package let settings: Settings
        /// By name in the configuration.
        package let devices: [String: Device]
        /// By name in the configuration.
        package let volumes: [String: Volume]

        private enum CodingKeys: String, CodingKey {
            case free, total, settings, devices, volumes
            case process = "pid"
        }

        /// - Parameter space: Bytes of the file system.
        package init(
            process: Int, space: (free: Int, total: Int), settings: Settings, devices: [String: Device],
            volumes: [String: Volume]
        ) {
            self.process = process
            (free, total) = space
            self.settings = settings
            self.devices = devices
            self.volumes = volumes
        }
    }

    /// What is set for a node's storage as a whole; what is not set follows the configuration.
    package struct Settings: Codable, Sendable, Hashable {
        /// Whether it is out of service.
        package var suspended = false
        /// Whether it restores data nobody asked for yet.
        package var recovery: Bool?
        /// How fast, in MiB/s: as it was set, and as it was measured.
        package var limit, calibrated: Int?
        /// Percentage of its space that may be used before that is told.
        package var threshold: Int?

        /// Nothing is set.
        package init() {}
    }

    /// A device of a node; sizes are bytes.
    package struct Device: Codable, Sendable, Hashable {
        /// The disk it belongs to.
        package let disk: String
        /// What it has, and what of that is in no volume.
        package let size, free: Int
        /// Bytes of a sector.
        package var sectorSize: Int
        /// Whether it is out of service, and whether it is only read.
        package var disabled, readOnly: Bool
        /// Whether it has checksums, and whether they are brought to the disk at once.
        package var usesChecksums, synchronizesChecksums: Bool
        /// Faults that were met.
        package var errors = 0

        private enum CodingKeys: String, CodingKey {
            case disk, size, free, disabled, errors
            case sectorSize = "sector_size"
            case readOnly = "read_only"
            case usesChecksums = "use_crc"
            case synchronizesChecksums = "sync_crc"
        }

        /// A device in service, with checksums.
        package init(disk: String, size: Int, free: Int) {
            self.disk = disk
            self.size = size
            self.free = free
            sectorSize = 4096
            (disabled, readOnly, usesChecksums, synchronizesChecksums) = (false, false, true, true)
        }
    }

    /// The part of a volume a node keeps.
    package struct Volume: Codable, Sendable, Hashable {
        /// Its id in the configuration.
        package let id: Int
        /// Whether it cannot be used.
        package var locked = false
        /// Whether databases may read and write it, and whether storage may.
        package var admitsApplications = true, admitsInternal = true
        /// The copy that is read and written; 0 for each as usual.
        package var forcedLevel = 0
        /// By id.
        package let segments: [Int: Segment]

        private enum CodingKeys: String, CodingKey {
            case id, locked, segments
            case admitsApplications = "app_io"
            case admitsInternal = "int_io"
            case forcedLevel = "forced_level"
        }

        /// A volume that can be used.
        package init(id: Int, segments: [Int: Segment]) {
            self.id = id
            self.segments = segments
        }
    }

    /// A segment of a volume.
    package struct Segment: Codable, Sendable, Hashable {
        /// What it can hold.
        package let bytes: Int
        /// Whether a device it lies on is out of service.
        package let disabled: Bool
        /// Whether there is a file for it.
        package let present: Bool

        /// - Parameter bytes: What it can hold.
        package init(bytes: Int, disabled: Bool, present: Bool) {
            self.bytes = bytes
            self.disabled = disabled
            self.present = present
        }
    }

    /// There is nothing to choose.
    package init() {}
}
