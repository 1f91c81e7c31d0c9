package import Certificates
import Glibc
import Posix
import Values

/// `DIR/etc/cluster` of a node: who it is in its cluster, its certificate and whom it believes. For the daemon alone.
///
/// Each file takes the place of the former one and is on the disk on return. ``MemberFile`` is written last and removed first:
/// what it says is there while it is there.
package struct MemberFolder: Sendable, Hashable {
    /// Who the node is.
    package static let memberFile = "member.json"
    static let keyFile = "node.key"
    static let certificateFile = "node.pem"
    static let trustFile = "trust.pem"
    static let revocationsFile = "revoked.pem"
    static let joiningFile = "joining.json"
    static let leavingFile = "leaving.EXAConf"
    private static let sizeLimit = 1 << 20
    private static let configurationLimit = 16 << 20

    /// The folder.
    package let path: String

    /// That of an installation.
    package init(root: String) { path = root + "/etc/cluster" }

    // MARK: Who it is

    /// Who this node is; `nil` on a node that is in no cluster.
    ///
    /// - Throws: `unusable` or `damaged`.
    package func member() throws(MemberFileFault) -> MemberFile? {
        guard let member = try kept(), try joining()?.former != member.member else { return nil }
        return member
    }

    /// Who this node was in a life that is over, as long as the join that has begun has not put that aside.
    ///
    /// - Throws: `unusable` or `damaged`.
    package func former() throws(MemberFileFault) -> MemberFile? {
        guard let member = try kept(), try joining()?.former == member.member else { return nil }
        return member
    }

    private func kept() throws(MemberFileFault) -> MemberFile? {
        guard let value = try value(Self.memberFile) else { return nil }
        guard let member = MemberFile(value) else { throw .damaged(path: "\(path)/\(Self.memberFile)") }
        return member
    }

    /// - Throws: `unusable`.
    package func write(_ member: MemberFile) throws(MemberFileFault) {
        try write(Self.memberFile, JSON.bytes(member.value) + [0x0A])
    }

    // MARK: How it proves it

    /// Its key; made when there is none, so that who asks twice asks for the same one.
    ///
    /// - Throws: `unusable`.
    package func key() throws(MemberFileFault) -> PrivateKey {
        if let bytes = try read(Self.keyFile) {
            return try told(Self.keyFile) { () throws(CertificateError) in try PrivateKey(pem: bytes) }
        }
        let key = try told(Self.keyFile) { () throws(CertificateError) in try PrivateKey.generate(.p256) }
        try write(Self.keyFile, Array(key.pem.utf8))
        return key
    }

    /// What it shows others and whom it believes, PEM; `nil` where a part of it is missing.
    ///
    /// - Throws: `unusable`.
    package func credentials() throws(MemberFileFault) -> MemberCredentials? {
        guard let key = try read(Self.keyFile), let certificate = try read(Self.certificateFile),
            let trust = try read(Self.trustFile), let revocations = try read(Self.revocationsFile)
        else { return nil }
        return MemberCredentials(certificate: certificate, key: key, trust: trust, revocations: revocations)
    }

    /// Keeps what was got for the key.
    ///
    /// - Throws: `unusable`.
    package func write(_ grant: JoinGrant) throws(MemberFileFault) {
        try write(credentialsOf: grant)
        try write(grant.member)
    }

    /// Keeps what was got for the key, and not yet that the node is one: that is for ``MemberFile``.
    ///
    /// - Throws: `unusable`.
    package func write(credentialsOf grant: JoinGrant) throws(MemberFileFault) {
        try write(Self.trustFile, Array(grant.authority.utf8))
        try write(Self.revocationsFile, Array(grant.revocations.utf8))
        try write(Self.certificateFile, Array(grant.certificate.utf8))
    }

    // MARK: How it leaves

    /// The configuration of the node alone, which takes the place of EXAConf once it is out of the cluster; `nil` when none waits.
    ///
    /// - Throws: `unusable`.
    package func leaving() throws(MemberFileFault) -> [UInt8]? {
        try read(Self.leavingFile, upTo: Self.configurationLimit)
    }

    /// Keeps it; `nil` when it is where it belongs, or the node stays.
    ///
    /// - Throws: `unusable`.
    package func write(leaving configuration: [UInt8]?) throws(MemberFileFault) {
        guard let configuration else { return try remove(Self.leavingFile) }
        try write(Self.leavingFile, configuration)
    }

    // MARK: How far it has come

    /// A join that has begun and not ended.
    ///
    /// - Throws: `unusable` or `damaged`.
    package func joining() throws(MemberFileFault) -> JoinProgress? {
        guard let value = try value(Self.joiningFile) else { return nil }
        guard let progress = JoinProgress(value) else { throw .damaged(path: "\(path)/\(Self.joiningFile)") }
        return progress
    }

    /// `nil` for one that has ended.
    ///
    /// - Throws: `unusable`.
    package func write(_ progress: JoinProgress?) throws(MemberFileFault) {
        guard let progress else { return try remove(Self.joiningFile) }
        try write(Self.joiningFile, JSON.bytes(progress.value) + [0x0A])
    }

    /// Forgets the cluster: who this node was in it goes first. The key goes with it, as no other life of the node has it.
    ///
    /// - Throws: `unusable`.
    package func clear() throws(MemberFileFault) {
        for name in [Self.memberFile, Self.joiningFile] { try remove(name) }
        try clearCredentials()
    }

    /// Removes how it proved who it was, and the authority of its cluster: the next life has a key of its own.
    ///
    /// - Throws: `unusable`.
    package func clearCredentials() throws(MemberFileFault) {
        for name in [
            Self.keyFile, Self.certificateFile, Self.trustFile, Self.revocationsFile, "authority.key", "authority.pem",
        ] { try remove(name) }
    }

    // MARK: Files

    private func value(_ name: String) throws(MemberFileFault) -> Value? {
        guard let bytes = try read(name) else { return nil }
        guard let value = try? JSON.parse(bytes) else { throw .damaged(path: "\(path)/\(name)") }
        return value
    }

    private func read(_ name: String, upTo limit: Int = sizeLimit) throws(MemberFileFault) -> [UInt8]? {
        try told(name) { () throws(SystemFault) in
            do throws(SystemFault) {
                return try Descriptor.content(of: "\(path)/\(name)", upTo: limit)
            } catch  where error.code == ENOENT {
                return nil
            }
        }
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws(MemberFileFault) {
        try told(name) { () throws(SystemFault) in
            let parent = try Descriptor.trusted(String(path.dropLast("/cluster".count)))
            let folder = try parent.makeFolder("cluster", mode: 0o700).folder
            try folder.setMode(0o700)
            try folder.replace(name, by: bytes, mode: 0o600)
        }
    }

    private func remove(_ name: String) throws(MemberFileFault) {
        try told(name) { () throws(SystemFault) in
            guard Path.exists("\(path)/\(name)") else { return }
            let folder = try Descriptor.trusted(path)
            guard unlinkat(folder.number, name, 0) == 0 || errno == ENOENT else { throw SystemFault() }
            try folder.flush()
        }
    }

    private func told<Result, Fault: Error & CustomStringConvertible>(
        _ name: String, _ work: () throws(Fault) -> Result
    ) throws(MemberFileFault) -> Result {
        do throws(Fault) {
            return try work()
        } catch {
            throw .unusable(path: "\(path)/\(name)", cause: "\(error)")
        }
    }
}

/// What a node shows others, and whom it believes; PEM. The key is secret.
package struct MemberCredentials: Sendable {
    /// The node's certificate.
    package let certificate: [UInt8]
    /// The node's key.
    package let key: [UInt8]
    /// Certificates of the cluster's authorities.
    package let trust: [UInt8]
    /// Their revocation lists.
    package let revocations: [UInt8]
}

extension MemberCredentials: CustomStringConvertible, CustomReflectable {
    package var description: String { "credentials of a node" }
    package var customMirror: Mirror { Mirror(self, children: ["certificate": certificate.count]) }
}
