/// What this node keeps for volumes, and where: the part of storage that no configuration says.
///
/// A document of its own below the storage folder, replaced as a whole. A value without I/O.
struct AllocationTable: Codable, Equatable {
    /// A device: a file whose bytes are given out to segments.
    struct Device: Codable, Equatable {
        var disk: String
        /// Bytes that can be given out.
        var size: Int
        var sectorSize = 4096
        /// Whether the file was made here, and so may be made larger and removed here.
        var isMade: Bool
        var isDisabled = false
        var isReadOnly = false
        var usesChecksums = true
        var synchronizesChecksums = true
        /// Faults that were met since they were last cleared.
        var errors = 0
    }

    /// A piece of a device that belongs to a segment; in bytes.
    struct Extent: Codable, Equatable {
        let device: String
        let offset: Int
        var length: Int

        var end: Int { offset + length }
    }

    /// This node's part of a volume.
    struct Volume: Codable, Equatable {
        let id: Int
        /// By segment id, in the order of the segment's bytes.
        var segments: [Int: [Extent]] = [:]
        var isLocked = false
        var admitsApplications = true
        var admitsInternal = true
        /// 0 for normal operation, else the only copy that is read and written.
        var forcedLevel = 0

        /// Bytes by segment id.
        var lengths: [Int: Int] { segments.mapValues { $0.reduce(0) { $0 + $1.length } } }
    }

    /// A volume that is deleted as soon as the configuration says so too.
    struct Retired: Codable, Equatable {
        let name: String
        let id: Int
    }

    /// What was set for this node as a whole; nil where the configuration's value holds.
    struct Settings: Codable, Equatable {
        var isSuspended = false
        var isRecoveryEnabled: Bool?
        /// MiB/s; 0 for what the calibration found.
        var recoveryLimit: Int?
        /// MiB/s that were measured.
        var calibratedLimit: Int?
        /// Percent; 0 for off.
        var warnThreshold: Int?
    }

    var format = 1
    /// By name, as the configuration writes it.
    var devices: [String: Device] = [:]
    /// By name.
    var volumes: [String: Volume] = [:]
    var retired: [Retired] = []
    /// Files of devices that go as soon as the configuration does not name them any more.
    var retiredDevices: [String] = []
    var settings = Settings()
}
