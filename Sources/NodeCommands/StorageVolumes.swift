/// Makes a node's part of a volume be what the configuration is about to say.
///
/// What is given up stays on the disk until the configuration says so: the settling after the revision removes it.
package struct StorageVolumeArrange: StorageTask {
    /// Taken back by ``StorageRestore``; ``StorageVolumeFit`` knows beforehand.
    package static let traits: CommandTraits = .init(
        "storage.volume.arrange", .undone(by: OnStorage<StorageRestore>.self), check: OnStorage<StorageVolumeFit>.self)

    /// What becomes of the volume there.
    package enum Purpose: String, Codable, Sendable { case create, resize, delete }

    /// Its name.
    package let volume: String
    /// What becomes of it.
    package let purpose: Purpose

    /// What becomes of a volume.
    package init(_ volume: String, _ purpose: Purpose) {
        self.volume = volume
        self.purpose = purpose
    }
}

/// Finds out whether ``StorageVolumeArrange`` would be refused.
package struct StorageVolumeFit: StorageTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("storage.volume.fit", .none)

    /// Its name.
    package let volume: String
    /// What is to become of it.
    package let purpose: StorageVolumeArrange.Purpose
}

/// Changes what can be switched on a volume: what is given.
package struct StorageVolumeSet: StorageTask {
    /// Taken back by ``StorageRestore``.
    package static let traits: CommandTraits = .init("storage.volume.set", .undone(by: OnStorage<StorageRestore>.self))

    /// Its name.
    package let volume: String
    /// Whether it cannot be used.
    package var locked: Bool?
    /// Whether databases may read and write it.
    package var admitsApplications: Bool?
    /// Whether storage may.
    package var admitsInternal: Bool?
    /// The copy that is read and written; 0 for each as usual.
    package var forcedLevel: Int?

    private enum CodingKeys: String, CodingKey {
        case volume, locked
        case admitsApplications = "app_io"
        case admitsInternal = "int_io"
        case forcedLevel = "forced_level"
    }

    /// A change of nothing yet.
    package init(_ volume: String) { self.volume = volume }
}

/// Overwrites the first bytes of each segment a node keeps of a volume with zeroes.
package struct StorageVolumeClear: StorageTask {
    /// What was cleared cannot come back; to clear twice is the same.
    package static let traits: CommandTraits = .init("storage.volume.clear", .lasting)

    /// Its name.
    package let volume: String
    /// How many of each segment; 0 for all.
    package let bytes: Int

    /// - Parameter bytes: How many of each segment; 0 for all.
    package init(_ volume: String, bytes: Int) {
        self.volume = volume
        self.bytes = bytes
    }
}
