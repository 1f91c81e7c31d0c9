package import FoundationEssentials

extension Certificate {
    /// Whether it is time for another one in its place: two thirds of its life have passed, or less than 30 days are left.
    package func isRenewalDue(at now: Date) -> Bool {
        let twoThirds = notBefore.addingTimeInterval(notAfter.timeIntervalSince(notBefore) * 2 / 3)
        return now >= min(twoThirds, notAfter.addingTimeInterval(-30 * 86_400))
    }

    /// What there is to say of its end; nil while that is far.
    ///
    /// - Parameter isRenewed: Whether somebody sees to it who needs no reminder: then nothing is said before the last week.
    package func warning(at now: Date, isRenewed: Bool) -> String? {
        let left = notAfter.timeIntervalSince(now)
        guard left < (isRenewed ? 7 : 21) * 86_400 else { return nil }
        let cure = "bring a new one: confd_client cert_update"
        if left < 0 { return "it has ended, and clients refuse it; \(cure)" }
        let days = Int(left / 86_400)
        let words = days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
        return days < 7 ? "it ends in \(words), and clients refuse it then; \(cure)" : "it ends in \(words); \(cure)"
    }
}
