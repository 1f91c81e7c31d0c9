import FoundationEssentials
import NIOHTTP1

/// What is shown to the daemon; asks for a password at most once, and only when one is needed.
final class Credentials {
    private let place: Place
    private var password: String?

    init(_ place: Place) {
        self.place = place
        password = place.password
    }

    private var isLocal: Bool {
        if case .socket = place.target { return true }
        return false
    }

    /// Whether another node can be shown the same: a local account proves itself on its own node only.
    var canTravel: Bool { place.token != nil || place.user != nil && (!isLocal || password != nil) }

    /// Header fields for a request.
    ///
    /// - Throws: ``Failure`` when nothing is known that could be shown.
    func fields(for daemon: String) throws(Failure) -> HTTPHeaders {
        if let token = place.token { return ["Authorization": "Bearer \(token)"] }
        guard let user = place.user else {
            if isLocal { return [:] }
            throw Failure(
                "\(daemon) wants to know who you are.",
                advice: "Set CONFD_USER and CONFD_PASSWORD, or use -u USER, or a file of credentials.", .denied)
        }
        // Root on the node acts as anybody, without a password.
        if isLocal, password == nil { return ["Confd-User": user] }
        return ["Authorization": "Basic " + Data("\(user):\(try asked(user, daemon))".utf8).base64EncodedString()]
    }

    /// What is wrong with a login that failed, and what to do.
    func refusal(at daemon: String) -> Failure {
        if place.token != nil {
            return Failure(
                "The token is not valid at \(daemon): it has expired or was ended.",
                advice: "Get a new one, or unset CONFD_TOKEN and log in with CONFD_USER.", .denied)
        }
        if isLocal, password == nil {
            let who = place.user.map { "Only root may act as '\($0)' without a password" }
            return Failure(
                (who ?? "No user of the cluster goes with this local account") + ", or that user may not log in.",
                advice: "Run it as root, or set CONFD_USER and CONFD_PASSWORD.", .denied)
        }
        return Failure(
            "The login of '\(place.user ?? "")' failed at \(daemon): user or password is wrong, or the account is locked.",
            advice: "Check CONFD_USER and CONFD_PASSWORD.", .denied)
    }

    private func asked(_ user: String, _ daemon: String) throws(Failure) -> String {
        if let password { return password }
        guard let typed = Terminal.askSecretly("Password of \(user) at \(daemon): ") else {
            throw Failure(
                "There is no password for '\(user)', and no terminal to ask for it.",
                advice: "Set CONFD_PASSWORD, or use a file of credentials.", .denied)
        }
        password = typed
        return typed
    }
}
