package import EXAConf
package import Values

/// Something that is to be as the configuration says: files of this machine, what connections are shown, who may log in.
///
/// A conformance is one file, and one line in the list of the daemon. Order, status, retry and metric come from
/// ``ReconcilerDriver``.
package protocol Reconciler: Sendable {
    /// A word or two, with `_`, as `/readyz?verbose` and the metrics show it.
    var name: String { get }
    /// Whether a node acknowledges a revision before or after this is done.
    var moment: ReconcilerMoment { get }
    /// What is worth knowing while nothing fails; `nil` by default.
    var note: ReconcilerNote? { get }
    /// Brings about what a configuration says.
    ///
    /// It is called off the engine's actor, once at a time, and may find what it did half the last time. Revisions that
    /// are followed by another one at once may be left out.
    ///
    /// - Parameters:
    ///   - former: What it brought about last, `nil` the first time. The same revision means to look at everything again.
    ///   - latest: The newest configuration.
    /// - Throws: Why that cannot be done, in words for the operator; no secret may be in them. It is tried again.
    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws
}

extension Reconciler {
    /// Nothing.
    package var note: ReconcilerNote? { nil }
}

/// When something follows the configuration.
package enum ReconcilerMoment: String, Sendable, Hashable {
    /// The job that made a revision does not end before: whoever hears of its end finds it done.
    case beforeAcknowledging
    /// In its own time.
    case afterwards
}

/// What is worth knowing of something that follows the configuration.
package struct ReconcilerNote: Sendable, Hashable {
    /// In a few words, for the operator.
    package let text: String
    /// Whether something is not as the configuration has it, though trying again would change nothing.
    package let isImpaired: Bool

    /// A note that is shown as it is to whoever asks how the node is.
    package init(_ text: String, isImpaired: Bool = false) {
        self.text = text
        self.isImpaired = isImpaired
    }
}

/// A configuration that was decided.
package struct DecidedConfiguration: Sendable {
    /// The number of its revision.
    package let revision: Int
    /// What the revision says.
    package let document: Document

    /// A document under the number it was decided with.
    package init(_ document: Document, revision: Int) {
        self.revision = revision
        self.document = document
    }
}

extension PublishedConfiguration {
    /// What is to be brought about.
    package var decided: DecidedConfiguration { DecidedConfiguration(document, revision: revision) }
}

/// How one reconciler stands, for whoever asks.
package struct ReconcilerStatus: Sendable, Hashable {
    /// Its name.
    package let name: String
    /// Whether a node acknowledges a revision before or after it.
    package let moment: ReconcilerMoment
    /// The revision it brought about last; `nil` before the first.
    package let revision: Int?
    /// Why the newest one is not brought about; `nil` when it is, or is about to be.
    package let fault: String?
    /// Since when all is well, or something is wrong.
    package let since: Timestamp
    /// Attempts that failed since the daemon started.
    package let failures: Int
    /// What is worth knowing besides.
    package let note: ReconcilerNote?
}
