import Certificates
import EXAConf
import JobEngine
import NodeCommands
import Posix

/// The host of a remote volume of type `sftp`, which proves by a key who it is.
struct SecureHost: Sendable, Hashable {
    /// Without brackets.
    let name: String
    let port: Int
    /// The keys it is known by.
    let keys: [HostKey]
    private let volume: String
    private let addresses: [String]

    /// - Parameter addresses: Of the hosts of the volume, by name.
    /// - Returns: `nil` for a volume of another type.
    init?(of archive: ArchiveReference, at addresses: [String: [String]]) {
        guard archive.type == "sftp" else { return nil }
        let url = StoreURL(archive.url ?? "")
        name = Self.plain(url.host)
        port = url.port ?? 22
        keys = HostKey.inOrder((archive.hostKeys ?? []).compactMap { HostKey($0) })
        volume = archive.name
        self.addresses = (addresses[url.host] ?? []).map(Self.plain)
    }

    /// What a file `known_hosts` has of it.
    var knownHosts: String { keys.map { $0.knownHost(name, port: port) + "\n" }.joined() }

    /// Asks it for its keys; it need not show that it has the other half of them.
    ///
    /// - Returns: In the order of ``HostKey/inOrder(_:)``; none when it does not answer.
    /// - Throws: `refused` when there is no program for that.
    func shown(
        to account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) -> [HostKey] {
        guard Path.isExecutable(Self.scanner) else {
            throw .refused(
                JobError(
                    .unsupported,
                    "Archive volume \(volume): hosts are asked for their keys by ssh-keyscan, which is not installed: "
                        + "apt-get install openssh-client. Or give the keys as 'host_key'."))
        }
        for address in addresses.prefix(3) {
            let found = try await ask(address, as: account, call)
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The keys to keep of those it shows.
    ///
    /// - Parameter fingerprints: Those that are taken; `nil` for all.
    /// - Throws: `refused` when it shows none of them, or does not answer.
    func taken(
        _ fingerprints: [String]?, by account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) -> [HostKey] {
        let shown = try await shown(to: account, call)
        guard !shown.isEmpty else {
            throw .refused(
                JobError(
                    .archiveUnreachable,
                    "Archive volume \(volume): \(name) does not say on port \(port) which keys it has. Have it reached, or give "
                        + "its public keys as 'host_key'."))
        }
        guard let fingerprints else { return shown }
        let missing = fingerprints.filter { wanted in !shown.contains { $0.fingerprint == wanted } }
        guard missing.isEmpty else {
            throw .refused(
                JobError(
                    .archiveHostKey,
                    "Archive volume \(volume): \(name) shows no key with the fingerprint \(missing.joined(separator: ", ")). It "
                        + "shows \(shown.shown); somebody may stand in its place."))
        }
        return shown.filter { fingerprints.contains($0.fingerprint) }
    }

    /// Why it is not reached.
    ///
    /// - Parameter shown: The keys it shows; none when they are not known.
    func refusal(shown: [HostKey]) -> JobError {
        let kept = keys.isEmpty ? "" : " Kept: \(keys.shown). Shown: \(shown.isEmpty ? "nothing now" : shown.shown)."
        let cause =
            if keys.isEmpty {
                "no key of \(name) is kept, so the password would go to whoever answers."
                    + (shown.isEmpty ? "" : " It shows \(shown.shown).")
            } else if !shown.isEmpty, Set(keys).isSubset(of: shown) {
                "\(name) proves itself by a key of another kind than those that are kept.\(kept)"
            } else {
                "\(name) shows another key than the one that is kept: somebody may stand in its place.\(kept)"
            }
        let fingerprints = shown.isEmpty ? "SHA256:..." : shown.map(\.fingerprint).joined(separator: ",")
        return JobError(
            .archiveHostKey,
            "Archive volume \(volume) is not reached: \(cause) Ask the host's administrator which fingerprints are right, and "
                + "give those: confd_client remote_volume_set_host_key remote_volume_name: \(volume) host_key: \(fingerprints)"
        )
    }

    private static let scanner = "/usr/bin/ssh-keyscan"

    private func ask(
        _ address: String, as account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) -> [HostKey] {
        var program = ExternalProgram(Self.scanner)
        program.account = account
        program.arguments = ["-T", "5", "-t", "ed25519,ecdsa,rsa", "-p", String(port), "--", address]
        do throws(ActionError) {
            let answer = try await program.run([], within: call.within(.seconds(8)))
            let lines = String(decoding: answer.output, as: UTF8.self).split(whereSeparator: \.isNewline)
            return HostKey.inOrder(lines.compactMap { HostKey($0) })
        } catch {
            guard error == .timedOut else { throw error }
            try call.check()
            return []
        }
    }

    private static func plain(_ host: String) -> String { host.filter { $0 != "[" && $0 != "]" } }
}
