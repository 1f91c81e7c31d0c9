/// One thing an entry says.
package struct HistoryFact: Sendable, Hashable, Codable {
    /// A job was made, with this number,
    package var job: Int?
    /// of this request,
    package var request: Int?
    /// under this idempotency key.
    package var key: String?
    /// A revision was made, with this number,
    package var revision: Int?
    /// from the revision with this one.
    package var on: Int?
    /// Keys of jobs up to this number may be used again.
    package var keysFree: Int?

    /// A job that was made of a request.
    package static func job(_ number: Int, request: Int, key: String? = nil) -> Self {
        var fact = Self()
        (fact.job, fact.request, fact.key) = (number, request, key)
        return fact
    }

    /// A revision that was made from another one.
    package static func revision(_ number: Int, on base: Int) -> Self {
        var fact = Self()
        (fact.revision, fact.on) = (number, base)
        return fact
    }

    /// Keys of jobs up to a number may be used again.
    package static func keysFree(upTo number: Int) -> Self {
        var fact = Self()
        fact.keysFree = number
        return fact
    }
}

/// An entry etcd has.
package struct StoredEntry: Sendable, Hashable, Codable {
    /// Which etcd of the cluster.
    package var generation: Int
    /// Where it stands.
    package var index: Int
    /// The revision of etcd that made its writer the master.
    package var epoch: Int
    /// Stands for all its bytes, and for what the log comes to with it.
    package var content: String
    /// Whether its batch goes on in the next entry.
    package var more: Bool
    /// What the batch says, with its last entry; nothing with others.
    package var facts: [HistoryFact]

    /// An entry that was stored.
    package init(
        generation: Int, index: Int, epoch: Int, content: String, more: Bool = false, facts: [HistoryFact] = []
    ) {
        (self.generation, self.index, self.epoch) = (generation, index, epoch)
        (self.content, self.more, self.facts) = (content, more, facts)
    }
}

/// An entry somebody was told is theirs.
package struct AppendedEntry: Sendable, Hashable, Codable {
    /// Which etcd of the cluster.
    package var generation: Int
    /// Where it stands.
    package var index: Int
    /// In which term.
    package var epoch: Int
    /// Who was told.
    package var member: Int

    /// An entry and its owner.
    package init(generation: Int, index: Int, epoch: Int, member: Int) {
        (self.generation, self.index, self.epoch, self.member) = (generation, index, epoch, member)
    }
}

/// A change that is durable.
package struct AppliedChange: Sendable, Hashable, Codable {
    /// Who has it.
    package var member: Int
    /// Which etcd it was in.
    package var generation: Int
    /// Its first entry,
    package var first: Int
    /// and its last.
    package var index: Int
    /// What the log comes to with it.
    package var chain: String
    /// Stands for the whole state with it, without what belongs to this member alone.
    package var state: String

    /// A change that was applied.
    package init(member: Int, generation: Int, first: Int, index: Int, chain: String, state: String) {
        (self.member, self.generation, self.first, self.index) = (member, generation, first, index)
        (self.chain, self.state) = (chain, state)
    }
}

/// The state of another member.
package struct AdoptedState: Sendable, Hashable, Codable {
    /// Who has it now.
    package var member: Int
    /// The newest entry in it,
    package var index: Int
    /// what the log comes to with that,
    package var chain: String
    /// and what stands for the whole.
    package var state: String

    /// A state that was taken over.
    package init(member: Int, index: Int, chain: String, state: String) {
        (self.member, self.index, self.chain, self.state) = (member, index, chain, state)
    }
}

/// A new etcd.
package struct FoundedEtcd: Sendable, Hashable, Codable {
    /// Higher than that of each one before.
    package var generation: Int
    /// The newest entry of the state it was made from,
    package var behind: Int
    /// and what the log comes to with that.
    package var chain: String

    /// An etcd that goes on behind an entry.
    package init(generation: Int, behind index: Int, chain: String) {
        (self.generation, behind, self.chain) = (generation, index, chain)
    }
}

/// Entries etcd does not have any more, though nobody deleted them.
package struct LostEntries: Sendable, Hashable, Codable {
    /// Which etcd of the cluster.
    package var generation: Int
    /// The newest entry it still has, or had before it was trimmed.
    package var to: Int

    /// Everything behind an entry.
    package init(generation: Int, to index: Int) {
        (self.generation, to) = (generation, index)
    }
}

/// What a member told people.
package struct Warning: Sendable, Hashable, Codable {
    /// Who.
    package var member: Int
    /// Of which etcd.
    package var generation: Int

    /// A warning of a member.
    package init(member: Int, generation: Int) {
        (self.member, self.generation) = (member, generation)
    }
}

/// Something that did not come right.
package struct Unrest: Sendable, Hashable, Codable {
    /// For people.
    package var text: String

    /// What was wrong.
    package init(_ text: String) {
        self.text = text
    }
}
