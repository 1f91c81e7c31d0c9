/// Tells events of a node's logs within a time, or from where a reader stopped the last time.
package struct LogCollect: NodeCommand {
    /// It only looks, and notes how far a reader came.
    package static let traits: CommandTraits = .init("log.collect", .none)

    /// In the order of time.
    package typealias Answer = [Event]

    /// A line of a log, and those that belong to it.
    package struct Event: Codable, Sendable, Hashable {
        /// RFC 3339, by the clock of whoever wrote it.
        package let time: String
        /// `ConfD` for the daemon, `DWAd` for databases, else the name of the log.
        package let service: String
        /// Whose it is; `nil` for what belongs to no database.
        package let database: String?
        /// `ERR`, `WARN`, `NOTICE` or `INFO`.
        package let priority: String
        /// The lines, secrets as `***`.
        package let text: String

        /// - Parameter time: RFC 3339.
        package init(time: String, service: String, database: String?, priority: String, text: String) {
            self.time = time
            self.service = service
            self.database = database
            self.priority = priority
            self.text = text
        }
    }

    /// Whose logs.
    package let services: [String]
    /// The databases that count; all when left out.
    package var databases: [String]?
    /// The priorities that count; all when left out.
    package var levels: [String]?
    /// The reader, who goes on where the call before ended.
    package var tag: String?
    /// In milliseconds since 1970; the end is not within.
    package let from, until: Int
    /// So many bytes the events may have, as they are told; no bound when left out.
    package var bytes: Int?

    private enum CodingKeys: String, CodingKey {
        case services, levels, tag, from, until, bytes
        case databases = "dbs"
    }

    /// - Parameter window: In milliseconds since 1970.
    package init(services: [String], within window: Range<Int>) {
        self.services = services
        (from, until) = (window.lowerBound, window.upperBound)
    }
}

/// Makes an archive of what helps to find out what happened on a node, secrets taken out, and leaves it somewhere.
package struct DebugCollect: NodeCommand {
    /// Taken back by ``DebugRemove`` as long as it lies on the node.
    package static let traits: CommandTraits = .init(
        "debug.collect", .undone(by: DebugRemove.self), secrets: .ofArchives)

    /// Where the archive is.
    package struct Answer: Codable, Sendable, Hashable {
        /// As whoever asked names it.
        package let path: String
        /// What it takes.
        package let bytes: Int

        /// - Parameter path: As whoever asked names it.
        package init(path: String, bytes: Int) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// What there is to be had.
    package enum Kind: String, Codable, Sendable { case logs, storage, coredumps }

    /// Logs somebody writes to, or nobody does any more.
    package enum Files: String, Codable, Sendable { case open, closed }

    /// Where an archive is left.
    package enum Target: Sendable, Hashable {
        /// A file of the node, below `/exa`.
        case file(String)
        /// A file in a bucket, by its name there and by its path below `/exa`; the file service writes it.
        case bucket(service: String, bucket: String, name: String, path: String)
        /// A path of an archive volume.
        case archive(ArchiveReference, String)
    }

    /// What is to be in it.
    package struct Content: Codable, Sendable, Hashable {
        /// Everything when left out.
        package var kinds: [Kind]?
        /// The databases whose logs count; all when left out.
        package var databases: [String]?
        /// Both when left out.
        package var files: Files?
        /// The times of logs, in milliseconds since 1970; the end is not within.
        package var from, until: Int?

        private enum CodingKeys: String, CodingKey {
            case kinds, files, from, until
            case databases = "dbs"
        }

        /// Everything.
        package init() {}
    }

    /// What is to be in it; its members stand among those of the command.
    package let content: Content
    /// Where it is left.
    package let target: Target

    private enum CodingKeys: CodingKey { case path, place, archive }

    private struct BucketPlace: Codable {
        let service, bucket, name: String
    }

    /// An archive with some content, left somewhere.
    package init(_ content: Content, at target: Target) {
        self.content = content
        self.target = target
    }

    /// Reads the content and what stands beside it.
    package init(from decoder: any Decoder) throws {
        content = try Content(from: decoder)
        let members = try decoder.container(keyedBy: CodingKeys.self)
        if let archive = try members.decodeIfPresent(ArchiveReference.self, forKey: .archive) {
            target = .archive(archive, try members.decode(String.self, forKey: .place))
        } else if let place = try members.decodeIfPresent(BucketPlace.self, forKey: .place) {
            target = .bucket(
                service: place.service, bucket: place.bucket, name: place.name,
                path: try members.decode(String.self, forKey: .path))
        } else {
            target = .file(try members.decode(String.self, forKey: .path))
        }
    }

    /// Writes the content and what stands beside it.
    package func encode(to encoder: any Encoder) throws {
        try content.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        switch target {
        case .file(let path): try members.encode(path, forKey: .path)
        case .bucket(let service, let bucket, let name, let path):
            try members.encode(BucketPlace(service: service, bucket: bucket, name: name), forKey: .place)
            try members.encode(path, forKey: .path)
        case .archive(let archive, let path):
            try members.encode(archive, forKey: .archive)
            try members.encode(path, forKey: .place)
        }
    }
}

/// Takes ``DebugCollect`` back.
package struct DebugRemove: NodeCommand {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("debug.remove", .lasting)

    /// The file of the node, below `/exa`.
    package let path: String
}
