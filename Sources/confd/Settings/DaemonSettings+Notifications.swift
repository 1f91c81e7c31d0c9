import Access
import EXAConf
import NodeAgent
import Notifications

/// Whom the daemon tells what happened, as the settings say.
extension DaemonSettings {
    /// What waits to be told; nothing yet.
    ///
    /// - Throws: ``Failure`` for two targets of one name, or a rule for one that is not there.
    func notifications() throws(Failure) -> NotificationQueue {
        let (targets, rules) = (self[\.notificationTargets], self[\.notificationRules])
        let names = Set(targets.map(\.name))
        guard names.count == targets.count else {
            throw Failure("The setting 'notifications.targets' gives one name twice.", .badSettings)
        }
        if let rule = rules.first(where: { !names.contains($0.target) }) {
            throw Failure(
                "The setting 'notifications.rules' has '\(rule)', and 'notifications.targets' no target of that name.",
                .badSettings)
        }
        return NotificationQueue(targets, rules: rules)
    }

    /// The ways notices take.
    var carriers: Carriers {
        let addresses = OutgoingAddresses(allowing: self[\.notificationAddresses]) {
            Set(Machine.addresses().compactMap { IPAddress(bytes: $0) })
        }
        return Carriers(
            WebhookCarrier(NotificationSecrets(self[\.notificationSecrets]), to: addresses, time: SystemTimeSource()),
            MailCarrier(self[\.mailProgram], from: self[\.mailSender]))
    }
}
