package import EXAConf

/// A command for the storage of one node, with the configuration it is to follow.
package struct OnStorage<Task: StorageTask>: NodeCommand {
    /// What the node answers is the task's.
    package typealias Answer = Task.Answer
    /// Those of the task.
    package static var traits: CommandTraits { Task.traits }

    /// What is to be done; its members stand among those of the command.
    package let task: Task
    /// The node whose part of the configuration counts.
    package let node: Int
    /// What the configuration says about storage, as the job leaves it.
    package let configuration: StorageExcerpt
    /// The parameter too little space is blamed on; `nil` when no parameter asked for space.
    package let about: String?

    private enum CodingKeys: CodingKey { case node, configuration, about }

    /// - Parameter about: The parameter too little space is blamed on.
    package init(_ task: Task, on node: Int, for document: Document, about: String? = nil) {
        self.task = task
        self.node = node
        configuration = StorageExcerpt(of: document)
        self.about = about
    }

    /// Reads the task and what stands beside it.
    package init(from decoder: any Decoder) throws {
        task = try Task(from: decoder)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        node = try members.decode(Int.self, forKey: .node)
        configuration = try members.decode(StorageExcerpt.self, forKey: .configuration)
        about = try members.decodeIfPresent(String.self, forKey: .about)
    }

    /// Writes the task and what stands beside it.
    package func encode(to encoder: any Encoder) throws {
        try task.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(node, forKey: .node)
        try members.encode(configuration, forKey: .configuration)
        try members.encodeIfPresent(about, forKey: .about)
    }
}

/// What can be done with the storage of a node.
package protocol StorageTask: Codable, Sendable {
    /// What the node answers when it has done so.
    associatedtype Answer: Codable & Sendable = NoAnswer
    /// What records and the engine know of it.
    static var traits: CommandTraits { get }
}

/// The nodes' disks and the local volumes of a configuration; records have its text.
package struct StorageExcerpt: Codable, Sendable {
    /// A configuration with nothing else in it.
    package let document: Document

    /// What a whole configuration says about storage.
    package init(of document: Document) { self.document = document.storageExcerpt }

    /// Reads the text of a configuration.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(EXAConfError) {
            document = try Document(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "cannot be read: \(error.message)")
        }
    }

    /// Writes its text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(document.text)
    }
}

/// Takes what was done on storage by the same step back.
package struct StorageRestore: StorageTask {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("storage.restore", .lasting)

    /// The volume the step was to make or change; `nil` when it was about something else.
    package let volume: String?
}

/// Changes what is set for a node's storage as a whole: what is given.
package struct StorageNodeSet: StorageTask {
    /// Taken back by ``StorageRestore``.
    package static let traits: CommandTraits = .init("storage.node.set", .undone(by: OnStorage<StorageRestore>.self))

    /// Whether it is out of service.
    package let suspended: Bool?
    /// Whether it restores data nobody asked for yet.
    package let recovery: Bool?
    /// How fast, in MiB/s; 0 for as fast as was measured.
    package let limit: Int?
    /// Percentage of its space that may be used before that is told; 0 for any.
    package let threshold: Int?

    /// Sets what is given.
    package init(suspended: Bool? = nil, recovery: Bool? = nil, limit: Int? = nil, threshold: Int? = nil) {
        self.suspended = suspended
        self.recovery = recovery
        self.limit = limit
        self.threshold = threshold
    }
}

/// Measures how fast a node's storage takes data, and keeps the half of it as the limit of background recovery while none
/// is set.
package struct StorageCalibrate: StorageTask {
    /// Taken back by ``StorageRestore``.
    package static let traits: CommandTraits = .init("storage.calibrate", .undone(by: OnStorage<StorageRestore>.self))

    /// What was measured.
    package struct Answer: Codable, Sendable, Hashable {
        /// In MiB/s.
        package let limit: Int

        /// - Parameter limit: In MiB/s.
        package init(limit: Int) { self.limit = limit }
    }

    /// There is nothing to choose.
    package init() {}
}

/// Adds, changes or removes a device, as the configuration says: what is given.
package struct StorageDeviceSet: StorageTask {
    /// Taken back by ``StorageRestore``.
    package static let traits: CommandTraits = .init("storage.device.set", .undone(by: OnStorage<StorageRestore>.self))

    /// As the configuration writes it.
    package let device: String
    /// Whether it is out of service, as if it had failed.
    package var disabled: Bool?
    // Jobs of the first release have null here where nothing was given, which goes on being shown.
    /// Whether it is only read; nothing and null both leave that as it is.
    package var readOnly: Bool??
    /// Whether it has checksums.
    package var usesChecksums: Bool?
    /// Whether they are brought to the disk at once.
    package var synchronizesChecksums: Bool?
    /// Whether faults met so far are forgotten.
    package var clearsErrors: Bool?
    /// Bytes of a sector.
    package var sectorSize: Int?
    /// Its size in sectors; 0 for that of the file as it is now.
    package var sectors: Int?
    /// Its size in bytes, which counts before the other; 0 for that of the file as it is now.
    package var size: Int?
    /// Whether it may not become smaller.
    package var grows: Bool?
    /// Whether what is on it is lost, so that no volume may lie there.
    package var wipes: Bool?

    private enum CodingKeys: String, CodingKey {
        case device, disabled, sectors, size, grows, wipes
        case readOnly = "read_only"
        case usesChecksums = "use_crc"
        case synchronizesChecksums = "sync_crc"
        case clearsErrors = "clear_errors"
        case sectorSize = "sector_size"
    }

    /// A change of nothing yet.
    package init(_ device: String) { self.device = device }
}
