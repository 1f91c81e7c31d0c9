package import Access
package import Certificates
import Values

/// What a machine with an invitation asks the cluster.
package struct JoinCall: Sendable {
    /// How long a cluster may have no master until it is given up; an election takes less.
    static let patience = Duration.seconds(60)
    private static let pause = Duration.seconds(1)

    private let invitation: Invitation
    private let key: PrivateKey
    private let request: String
    private let keyDigest: String
    private let version: VersionSpan
    private let addresses: [String]
    private let port: Int
    private let caller: any PeerCaller
    private let time: any TimeSource

    /// - Parameters:
    ///   - caller: Believes whom the authority of the invitation vouches for, and shows no certificate.
    ///   - key: That of the node it is to be. It stays here.
    ///   - addresses: Of this machine.
    ///   - port: Of its APIs.
    /// - Throws: `unusable` for a key that cannot sign.
    package init(
        _ invitation: Invitation, key: PrivateKey, version: VersionSpan, addresses: [String], port: Int,
        by caller: any PeerCaller, time: any TimeSource
    ) throws(JoinRefusal) {
        do throws(CertificateError) {
            request = try SigningRequest(commonName: "confd node \(invitation.node)", names: []).pem(signedBy: key)
            keyDigest = try ReceivedRequest(pem: Array(request.utf8)).keyDigest
        } catch {
            throw .unusable(error.message)
        }
        (self.invitation, self.key, self.version) = (invitation, key, version)
        (self.addresses, self.port, self.caller, self.time) = (addresses, port, caller, time)
    }

    /// What the cluster is, and where it was asked; what does not fit together is refused.
    ///
    /// - Throws: Every refusal there is of the cluster's side, clocks included.
    package func look() async throws(JoinRefusal) -> (facts: JoinFacts, place: JoinPlace) {
        let sent = time.now
        let (answer, place) = try await ask(.look)
        guard case .facts(let facts) = answer else { throw Self.unreadable(place) }
        let apart = ClockComparison.apart(sent: sent, theirs: facts.at, received: time.now)
        guard apart <= ClockComparison.tolerance else {
            throw .clocks(node: facts.version.node ?? invitation.node, apart: apart)
        }
        // The member looked as well; a version of before did so by other rules.
        guard version.fits(facts.level) else { throw .versions(facts.version, own: version) }
        return (facts, place)
    }

    /// Which of the ports of this machine the cluster cannot reach. Something has to listen on them.
    package func closedPorts(of ports: ClusterPorts) async throws(JoinRefusal) -> [Int] {
        let (answer, place) = try await ask(.ports(ports))
        guard case .ports(let closed) = answer else { throw Self.unreadable(place) }
        return closed
    }

    /// What makes this machine a node; from the answer on it is one.
    package func grant(for ports: ClusterPorts) async throws(JoinRefusal) -> JoinGrant {
        let (answer, place) = try await ask(.certificate(request: request, ports))
        guard case .grant(let grant) = answer else { throw Self.unreadable(place) }
        let chain: CertificateChain
        do throws(CertificateError) {
            chain = try CertificateChain(pem: Array(grant.certificate.utf8))
            let identity = try MemberIdentity(of: chain.leaf)
            guard identity.member == invitation.node, key.belongs(to: chain.leaf) else {
                throw CertificateError(.keyMismatch, "The certificate \(place) gave is for somebody else.")
            }
        } catch {
            throw .unusable(error.message)
        }
        return grant
    }

    // MARK: Asking

    /// One place after the other; who does not decide says who does.
    private func ask(_ step: JoinQuestion.Step) async throws(JoinRefusal) -> (answer: JoinAnswer, place: JoinPlace) {
        let question = JoinQuestion(
            node: invitation.node, secret: invitation.secret, key: keyDigest, version: version, addresses: addresses,
            port: port, step: step)
        let end = time.monotonic + Self.patience
        while true {
            let refusal: JoinRefusal
            do throws(JoinRefusal) {
                return try await askOnce(question)
            } catch {
                refusal = error
            }
            // An election, or a member that is away, passes; everything else does not.
            switch refusal {
            case .notNow, .unreachable: break
            default: throw refusal
            }
            guard time.monotonic + Self.pause < end, !Task.isCancelled else { throw refusal }
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    private func askOnce(_ question: JoinQuestion) async throws(JoinRefusal) -> (answer: JoinAnswer, place: JoinPlace) {
        var places = invitation.places
        var asked: Set<JoinPlace> = []
        var latest = JoinRefusal.unreachable("Nobody of the cluster answers.")
        while let place = places.first {
            places.removeFirst()
            guard asked.count < 20, asked.insert(place).inserted else { continue }
            do throws(JoinRefusal) {
                switch try await ask(question, at: place) {
                case .elsewhere(let other): places.insert(other, at: 0)
                case .refusal(let refusal): throw refusal
                case let answer: return (answer, place)
                }
            } catch {
                guard case .unreachable = error else { throw error }
                latest = error
            }
        }
        throw latest
    }

    private func ask(_ question: JoinQuestion, at place: JoinPlace) async throws(JoinRefusal) -> JoinAnswer {
        let value: Value
        do throws(PeerFault) {
            // Whichever node it is: that it is of the cluster is what counts.
            value = try await caller.ask(
                "join", question.value, of: PeerAddress(node: 0, address: place.address, port: place.port),
                within: .seconds(20))
        } catch {
            switch error.code {
            case .stranger: throw .otherAuthority(at: "\(place)")
            case .refused: throw .turnedAway(error.message)
            default: throw .unreachable("\(place) cannot be asked: \(error.message)")
            }
        }
        guard let answer = JoinAnswer(value) else { throw Self.unreadable(place) }
        return answer
    }

    private static func unreadable(_ place: JoinPlace) -> JoinRefusal {
        .unusable("\(place) gave no answer that can be read: another version?")
    }
}
