package import Access
package import JobEngine
package import Values

/// One thing every node of a cluster is told by the log.
package enum ReplicatedRecord: Sendable, Hashable {
    /// What an engine decided. How far a job is, and since when it waits, are not told.
    case engine(LogRecord)
    /// A job an engine decided, as it is told; what is read from the log has jobs in this form, and not in the other.
    case job(ReplicatedJob)
    /// A session whose user was checked as of a revision; its last use is kept by each node for itself from then on.
    case sessionAdded(Session, asOf: Int)
    /// The session of this id ended.
    case sessionEnded(String)
    /// A token whose user was checked as of a revision; those that had ended when it was made are gone with it.
    case tokenAdded(APIToken, asOf: Int)
    /// The token of this id was taken away.
    case tokenEnded(String)
    /// Somebody is locked out on every node; locks that had ended when it was set are gone with it.
    case lockSet(ReplicatedLock)
    /// The lock of this id is gone.
    case lockLifted(String)
    /// A node takes part; what was known of it is replaced.
    case member(ReplicatedMember)
    /// The node takes part no more.
    case memberRemoved(Int)
    /// A machine is asked to become a node; an earlier invitation for the node is gone.
    case invitation(ReplicatedInvitation)
    /// The invitation for a node was used.
    case invitationUsed(node: Int, InvitationUse)
    /// The invitation for a node is gone.
    case invitationWithdrawn(Int)
    /// A node was given a certificate.
    case certificateIssued(ReplicatedCertificate)
    /// The certificates a node was given until then count for nothing, by a job or without one.
    case certificatesRevoked(ofNode: Int, at: Timestamp, by: JobID?)
    /// A file belongs to a revision; what was known of its path is replaced.
    case file(ReplicatedFile)
    /// The file of this path belongs to no revision any more.
    case fileRemoved(String)
    /// A bucket has a file; what was known under its name is replaced.
    case bucketFile(BucketEntry)
    /// The bucket has the file no more.
    case bucketFileRemoved(BucketFileName)
    /// The bucket has no file any more.
    case bucketForgotten(BucketName)
    /// All files that were there before the catalogue of buckets are in it.
    case bucketsListed
    /// Jobs go to the archive of each node.
    case archive(ArchiveOrder)
    /// What may stand in the log from here on.
    case level(Int)
    /// A term of office began: the node that appends from here on, and when by its clock.
    case termBegun(node: Int, at: Timestamp)
}

extension ReplicatedRecord {
    /// What an engine decided, as nodes are told it. A file that cannot lie in the folder of the daemon is none.
    static func all(of records: [LogRecord]) -> [ReplicatedRecord] {
        records.flatMap { record -> [ReplicatedRecord] in
            switch record {
            case .file(let file, let revision):
                let told = ReplicatedFile(
                    path: file.path, revision: revision, sha256: file.sha256, mode: file.mode, nodes: file.nodes)
                return told.map { [.file($0)] } ?? []
            case .departure(let node, let time, let job): return departure(of: node, at: time, by: job)
            default: return [.engine(record)]
            }
        }
    }

    /// A node takes part no more: nobody believes its certificates, and what it was invited with is gone, so that it comes back
    /// by an invitation of its own only.
    ///
    /// - Parameter job: What removed it; `nil` for one that left by itself.
    package static func departure(of node: Int, at now: Timestamp, by job: JobID?) -> [ReplicatedRecord] {
        [.memberRemoved(node), .certificatesRevoked(ofNode: node, at: now, by: job), .invitationWithdrawn(node)]
    }

    /// The record as every node is told it: what a node applies of it is the same, whether it reads it or has made it.
    package var told: ReplicatedRecord {
        guard case .engine(.job(let job, let digest)) = self else { return self }
        return .job(ReplicatedJob(job, digest: digest))
    }

    /// What an engine decided, `nil` for every other record, and for a job this version does not understand. A job is read
    /// for it.
    package var logRecord: LogRecord? {
        switch self {
        case .engine(let record): record
        case .job(let job): job.record.map { .job($0, digest: job.digest) }
        default: nil
        }
    }
}

/// A lock that holds on every node.
package struct ReplicatedLock: Sendable, Hashable {
    /// Whom it keeps out.
    package enum Subject: Sendable, Hashable {
        /// A user, in lower case, at the address.
        case user(String)
        /// Passwords of everybody at the address.
        case address
        /// Tokens and sessions from the address.
        case tokens
    }

    /// Names the lock for whoever lifts it.
    package let id: String
    /// Whom it keeps out.
    package let subject: Subject
    /// The address or IPv6 /64 it is about.
    package let address: String
    /// When it was set, by the clock of the node that counted the failures.
    package let setAt: Timestamp
    /// When it ends by itself.
    package let until: Timestamp

    /// A lock of these parts.
    package init(id: String, subject: Subject, address: String, setAt: Timestamp, until: Timestamp) {
        self.id = id
        self.subject = subject
        self.address = address
        self.setAt = setAt
        self.until = until
    }
}

/// A node that takes part in the cluster.
package struct ReplicatedMember: Sendable, Hashable {
    /// Its number in the configuration.
    package let node: Int
    /// Names this life of the node for ever: one that joins again has another.
    package let id: String
    /// Its address inside the cluster, without port.
    package let address: String
    /// Where it serves clients.
    package let port: Int
    /// Where it serves other members.
    package let peerPort: Int
    /// Since when it takes part.
    package let since: Timestamp

    /// A member of these parts.
    package init(node: Int, id: String, address: String, port: Int, peerPort: Int, since: Timestamp) {
        self.node = node
        self.id = id
        self.address = address
        self.port = port
        self.peerPort = peerPort
        self.since = since
    }
}

/// A file beside the configuration that nodes have to have before they acknowledge a revision; its content is elsewhere.
package struct ReplicatedFile: Sendable, Hashable {
    /// Where it lies within the folder of the daemon; no file lies outside of it.
    package let path: String
    /// The revision it came with.
    package let revision: Int
    /// SHA-256 of its content, in 64 lower-case hexadecimal digits.
    package let sha256: String
    /// Its rights, such as 0o600.
    package let mode: Int
    /// The nodes that have to have it; empty for all.
    package let nodes: [Int]

    /// A file of these parts; `nil` for a path that is not one beneath a folder, another digest, or rights beyond 0o777.
    package init?(path: String, revision: Int, sha256: String, mode: Int, nodes: [Int]) {
        let names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard path.utf8.count <= 4096, !path.utf8.contains(0), (0...0o777).contains(mode), sha256.utf8.count == 64,
            sha256.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }),
            !names.contains(where: { $0.isEmpty || $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) })
        else { return nil }
        self.path = path
        self.revision = revision
        self.sha256 = sha256
        self.mode = mode
        self.nodes = nodes
    }
}

/// Ended jobs that go to the archive on every node at the same place of the log: those of the ends behind one and up to
/// another, as the stores count ends.
package struct ArchiveOrder: Sendable, Hashable {
    /// The end they are behind; 0 for all there are.
    package let after: Int
    /// The last end that goes.
    package let through: Int
    /// Numbers of jobs between these ends that stay, because somebody needs them.
    package let kept: [Int]
    /// When they go.
    package let at: Timestamp

    /// An order of these parts.
    package init(after: Int, through: Int, kept: [Int], at: Timestamp) {
        self.after = after
        self.through = through
        self.kept = kept
        self.at = at
    }
}
