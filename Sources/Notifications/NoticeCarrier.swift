/// Takes one notice to a target.
package protocol NoticeCarrier: Sendable {
    /// Returns when the target has it.
    ///
    /// - Throws: ``DeliveryFault``.
    func carry(_ notice: Notice, to target: NotificationTarget) async throws(DeliveryFault)
}

/// Why a notice did not arrive.
package struct DeliveryFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// In words without a full stop and without secrets.
    package let description: String
    /// Whether trying again is of no use.
    package let isFinal: Bool

    /// - Parameter isFinal: Whether trying again is of no use.
    package init(_ description: String, isFinal: Bool = false) {
        (self.description, self.isFinal) = (description, isFinal)
    }
}

/// Takes notices by whichever way their target names.
package struct Carriers: NoticeCarrier {
    private let webhooks: WebhookCarrier
    private let mail: MailCarrier

    /// Both ways.
    package init(_ webhooks: WebhookCarrier, _ mail: MailCarrier) { (self.webhooks, self.mail) = (webhooks, mail) }

    package func carry(_ notice: Notice, to target: NotificationTarget) async throws(DeliveryFault) {
        switch target.way {
        case .webhook(let address): try await webhooks.carry(notice, to: target.name, at: address)
        case .mail(let recipient): try await mail.carry(notice, to: recipient)
        }
    }
}
