package import Access
import Certificates
import FoundationEssentials
package import Logging
import Values

/// Keeps this node's certificate and the revocation list fresh, as ``CertificateUpkeep`` says: by itself where it has the
/// authority, by others that have it where not.
package actor PeerCertificateRenewal {
    /// How long another node may take.
    private static let patience = Duration.seconds(10)

    private let credentials: PeerCredentials
    private let issuing: CertificateIssuing
    private let caller: any PeerCaller
    private let voters: @Sendable () async -> [PeerAddress]
    private let keep: @Sendable (PeerMaterial) async throws(PeerFault) -> Void
    private let used: @Sendable () async -> Void
    private let time: any TimeSource
    private let logger: Logger
    private var upkeep = CertificateUpkeep()
    private var isLooking = false
    private var looksAgain = false
    /// Why the latest look did not do what was due, for whoever looks after the node; `nil` when all is well.
    package private(set) var fault: PeerFault?

    /// - Parameters:
    ///   - voters: The other nodes that have the authority.
    ///   - keep: Writes the files down for the next start, before they are used here.
    ///   - used: Told when they are: what else goes by them, such as the node's etcd, is to have them, too.
    package init(
        credentials: PeerCredentials, issuing: CertificateIssuing, caller: any PeerCaller,
        voters: @escaping @Sendable () async -> [PeerAddress],
        keep: @escaping @Sendable (PeerMaterial) async throws(PeerFault) -> Void,
        used: @escaping @Sendable () async -> Void, time: any TimeSource = SystemTimeSource(), logger: Logger
    ) {
        (self.credentials, self.issuing, self.caller) = (credentials, issuing, caller)
        (self.voters, self.keep, self.used, self.time, self.logger) = (voters, keep, used, time, logger)
    }

    /// Looks at once and then in turn, until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await look()
            await time.sleep(until: time.monotonic + upkeep.pause(afterFailure: fault != nil))
        }
    }

    /// Does what is due; to be called as well when a member was removed, so that its certificate is taken back at once.
    package func look() async {
        // Whoever calls during a look has another one behind it.
        looksAgain = true
        if isLooking { return }
        isLooking = true
        while looksAgain {
            looksAgain = false
            await doWhatIsDue()
        }
        isLooking = false
    }

    private func doWhatIsDue() async {
        let material = credentials.material
        let authority = await issuing.authority()
        // The newest one is the last.
        let known = (try? CertificateChain(pem: material.authorities))?.certificates.last
        guard let issuer = authority?.certificate ?? known else { return }
        let steps = CertificateUpkeep.steps(
            own: credentials.certificate, authority: issuer, lists: material.revocations,
            hasAuthority: authority != nil, revoked: await issuing.revoked(), now: now)
        var found: PeerFault?
        for step in steps {
            do throws(PeerFault) {
                switch step {
                case .renewOwn: try await renew(isIssuer: authority != nil)
                case .writeList: if let authority { try await write(by: authority) }
                case .fetchList: try await fetch(of: issuer)
                }
            } catch {
                logger.warning("a certificate was not renewed", metadata: ["reason": .string(error.message)])
                found = error
            }
        }
        fault = found
    }

    private func renew(isIssuer: Bool) async throws(PeerFault) {
        let node = credentials.identity.member
        let (key, request) = try Self.told { () throws(CertificateError) in
            let key = try PrivateKey.generate(.p256)
            return (key, try SigningRequest(commonName: "confd node \(node)", names: []).pem(signedBy: key))
        }
        let certificate: String
        if isIssuer {
            certificate = try await issuing.issue(to: node, for: request).pem
        } else {
            certificate = try await first { (voter) throws(PeerFault) in
                let answer = try await self.caller.ask(
                    "certificate", ["request": .string(request)], of: voter, within: Self.patience)
                guard let certificate = answer["certificate"]?.string else {
                    throw PeerFault(.malformed, "Node \(voter.node) answered with no certificate.")
                }
                return certificate
            }
        }
        var material = credentials.material
        (material.certificate, material.key) = (certificate, key.pem)
        try await use(material)
    }

    private func write(by authority: ClusterAuthority) async throws(PeerFault) {
        let revoked = await issuing.revoked()
        let list = try Self.told { [now] () throws(CertificateError) in
            try authority.revocationList(of: revoked, now: now)
        }
        var material = credentials.material
        material.revocations = Self.joined(list, material)
        try await use(material)
    }

    private func fetch(of issuer: Certificate) async throws(PeerFault) {
        let revoked = await issuing.revoked()
        let now = now
        let lists = try await first { (voter) throws(PeerFault) in
            let answer = try await self.caller.ask("revocations", .null, of: voter, within: Self.patience)
            guard let lists = answer["revocations"]?.string, lists.utf8.count <= RevocationLists.sizeLimit,
                !ClusterAuthority.isListDue(Array(lists.utf8), of: issuer, revoked: revoked, now: now)
            else { throw PeerFault(.missing, "Node \(voter.node) has no newer revocation list either.") }
            return lists
        }
        var material = credentials.material
        material.revocations = lists
        try await use(material)
    }

    /// What the first voter says that can say it.
    private func first(_ ask: (PeerAddress) async throws(PeerFault) -> String) async throws(PeerFault) -> String {
        var fault = PeerFault(.unreachable, "No other node has the authority of the cluster.", wasSent: false)
        for voter in await voters() {
            do throws(PeerFault) {
                return try await ask(voter)
            } catch {
                fault = error
            }
        }
        throw fault
    }

    /// Has it written down, and shows it from then on. What this node would not believe itself is not written.
    private func use(_ material: PeerMaterial) async throws(PeerFault) {
        let now = now
        try Self.told { () throws(CertificateError) in try credentials.check(material, at: now) }
        try await keep(material)
        try Self.told { () throws(CertificateError) in try credentials.replace(with: material, now: now) }
        await used()
        logger.notice(
            "certificate files were replaced",
            metadata: ["certificate": .string(credentials.certificate.serialNumber)])
    }

    private static func told<Result>(_ work: () throws(CertificateError) -> Result) throws(PeerFault) -> Result {
        do throws(CertificateError) {
            return try work()
        } catch {
            throw PeerFault(.refused, error.message)
        }
    }

    /// The new list first; while one authority follows another, that of the other one stays.
    private static func joined(_ list: String, _ material: PeerMaterial) -> String {
        guard let authorities = try? CertificateChain(pem: material.authorities), authorities.certificates.count > 1,
            list.utf8.count + material.revocations.utf8.count <= RevocationLists.sizeLimit
        else { return list }
        return list + material.revocations
    }

    private var now: Date { Date(timeIntervalSince1970: Double(time.now) / 1000) }
}
