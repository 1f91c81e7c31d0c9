import NIOHTTP1
import Values

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
    var canTravel: Bool {
        place.token != nil || place.user != nil && (!isLocal || password != nil) || !isLocal && place.certificate != nil
    }

    /// Header fields for a request.
    ///
    /// - Throws: ``Failure`` when nothing is known that could be shown.
    func fields(for daemon: String) throws(Failure) -> HTTPHeaders {
        if let token = place.token { return ["Authorization": "Bearer \(token)"] }
        guard let user = place.user else {
            // The handshake says who we are.
            if isLocal || place.certificate != nil { return [:] }
            throw Failure(
                "\(daemon) wants to know who you are.",
                advice:
                    "Set CONFD_CLIENT_USER and CONFD_CLIENT_PASSWORD, or use -u USER, a certificate or a file of credentials.",
                .denied)
        }
        // Root on the node acts as anybody, without a password.
        if isLocal, password == nil { return ["Confd-User": user] }
        return ["Authorization": "Basic " + Base64.encode("\(user):\(try asked(user, daemon))".utf8)]
    }

    /// What is wrong with a login that failed, and what to do.
    func refusal(at daemon: String) -> Failure {
        if place.token != nil {
            return Failure(
                "The token is not valid at \(daemon): it has expired or was ended.",
                advice: "Get a new one, or leave CONFD_CLIENT_TOKEN out and log in with CONFD_CLIENT_USER.", .denied)
        }
        if isLocal, password == nil {
            let who = place.user.map { "Only root may act as '\($0)' without a password" }
            return Failure(
                (who ?? "No user of the cluster goes with this local account") + ", or that user may not log in.",
                advice: "Run it as root, or set CONFD_CLIENT_USER and CONFD_CLIENT_PASSWORD.", .denied)
        }
        if place.user == nil, place.certificate != nil {
            return Failure(
                "The certificate is no login at \(daemon), or its user may not log in.",
                advice: "CertVerify and CertAuth in [Global] of EXAConf say what certificates are for; or use -u USER.",
                .denied)
        }
        return Failure(
            "The login of '\(place.user ?? "")' failed at \(daemon): user or password is wrong, or the account is locked.",
            advice: "Check user and password: CONFD_CLIENT_USER and CONFD_CLIENT_PASSWORD.", .denied)
    }

    private func asked(_ user: String, _ daemon: String) throws(Failure) -> String {
        if let password { return password }
        guard let typed = try Terminal.askSecretly("Password of \(user) at \(daemon): ") else {
            throw Failure(
                "There is no password for '\(user)', and no terminal to ask for it.",
                advice: "Set CONFD_CLIENT_PASSWORD, or use a file of credentials.", .denied)
        }
        password = typed
        return typed
    }
}
