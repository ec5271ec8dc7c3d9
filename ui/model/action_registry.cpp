#include "ui/model/action_registry.h"

#include <QCoreApplication>
#include <QSettings>

#include <algorithm>

namespace crux::ui {

namespace {

QList<QKeySequence> sequences(const QStringList& keys) {
    QList<QKeySequence> list;
    for (const QString& key : keys)
        list << QKeySequence(key, QKeySequence::PortableText);
    return list;
}

/// Text without the mnemonic mark: "&Open…" -> "Open…".
QString plain(QString text) {
    return text.remove(QLatin1Char('&'));
}

bool startsWord(const QString& text, qsizetype at) {
    return at == 0 || !text.at(at - 1).isLetterOrNumber();
}

/// Letters of `word` in order within one word of `text`; start and length of the stretch.
std::pair<int, int> scattered(const QString& word, const QString& text) {
    for (qsizetype start = 0; start < text.size(); ++start) {
        if (!startsWord(text, start) || text.at(start) != word.at(0))
            continue;
        qsizetype letter = 0, at = start;
        while (at < text.size() && letter < word.size() && text.at(at).isLetterOrNumber()) {
            if (text.at(at) == word.at(letter))
                ++letter;
            ++at;
        }
        if (letter == word.size())
            return {static_cast<int>(start), static_cast<int>(at - start)};
    }
    return {-1, 0};
}

} // namespace

ActionRegistry::ActionRegistry(QObject* parent)
    : QObject(parent) {}

QAction* ActionRegistry::add(Spec spec) {
    auto* action = new QAction(spec.text, this);
    action->setObjectName(spec.id);
    action->setCheckable(spec.checkable);
    action->setShortcuts(sequences(spec.keys));
    // Keys of one view work only while it or a child of it has the focus; the window adds the
    // action to that view.
    action->setShortcutContext(spec.scope == ActionScope::Global ? Qt::WindowShortcut
                                                                 : Qt::WidgetWithChildrenShortcut);
    if (spec.run)
        connect(action, &QAction::triggered, this, [run = spec.run] { run(); });
    ActionEntry entry{spec.id,   spec.menu,           spec.scope,  action,
                      spec.icon, action->shortcuts(), spec.reason, spec.words};
    applyToolTip(entry);
    m_byId.insert(entry.id, static_cast<int>(m_entries.size()));
    m_entries.push_back(std::move(entry));
    return action;
}

void ActionRegistry::adopt(QAction* action, const QString& menu, ActionScope scope) {
    ActionEntry entry;
    entry.id = action->objectName();
    entry.menu = menu;
    entry.scope = scope;
    entry.action = action;
    entry.defaultKeys = action->shortcuts();
    m_byId.insert(entry.id, static_cast<int>(m_entries.size()));
    m_entries.push_back(std::move(entry));
}

void ActionRegistry::applyToolTip(ActionEntry& entry) {
    const QString keys = keysText(*entry.action);
    QString tip = plain(entry.action->text());
    if (!keys.isEmpty())
        tip += QStringLiteral(" (%1)").arg(keys);
    const QString reason = entry.reason ? entry.reason() : QString();
    if (!reason.isEmpty())
        tip += QLatin1Char('\n') + reason;
    entry.action->setToolTip(tip);
}

const ActionEntry* ActionRegistry::entry(const QString& id) const {
    const int index = m_byId.value(id, -1);
    return index < 0 ? nullptr : &m_entries[static_cast<std::size_t>(index)];
}

QAction* ActionRegistry::action(const QString& id) const {
    const ActionEntry* found = entry(id);
    return found ? found->action : nullptr;
}

QString ActionRegistry::keysText(const QAction& action) {
    QStringList texts;
    for (const QKeySequence& key : action.shortcuts())
        texts << key.toString(QKeySequence::NativeText);
    return texts.join(QStringLiteral(", "));
}

QString ActionRegistry::scopeName(ActionScope scope) {
    switch (scope) {
    case ActionScope::Global:
        return tr("Everywhere");
    case ActionScope::Trajectories:
        return tr("Trajectories");
    case ActionScope::HeatMap:
        return tr("Heat map");
    case ActionScope::Alternatives:
        return tr("Alternatives");
    case ActionScope::Branches:
        return tr("Branches");
    case ActionScope::Jobs:
        return tr("Jobs");
    }
    return {};
}

void ActionRegistry::update() {
    for (ActionEntry& entry : m_entries)
        if (entry.reason) {
            entry.action->setEnabled(entry.reason().isEmpty());
            applyToolTip(entry);
        }
}

QStringList ActionRegistry::setKeys(const QString& id, const QList<QKeySequence>& keys) {
    const int index = m_byId.value(id, -1);
    if (index < 0)
        return {};
    ActionEntry& entry = m_entries[static_cast<std::size_t>(index)];
    QStringList clashes;
    for (const ActionEntry& other : m_entries) {
        const bool meet = other.scope == entry.scope || other.scope == ActionScope::Global ||
                          entry.scope == ActionScope::Global;
        if (other.id == id || !meet)
            continue;
        for (const QKeySequence& key : other.action->shortcuts())
            if (keys.contains(key))
                clashes << other.id;
    }
    if (!clashes.isEmpty())
        return clashes;
    entry.action->setShortcuts(keys);
    applyToolTip(entry);
    saveKeys(entry);
    Q_EMIT keysChanged();
    return {};
}

void ActionRegistry::saveKeys(const ActionEntry& entry) const {
    QSettings settings;
    const QString key = QStringLiteral("keys/") + entry.id;
    if (entry.action->shortcuts() == entry.defaultKeys)
        settings.remove(key);
    else
        settings.setValue(
            key, QKeySequence::listToString(entry.action->shortcuts(), QKeySequence::PortableText));
}

void ActionRegistry::resetKeys() {
    for (ActionEntry& entry : m_entries) {
        entry.action->setShortcuts(entry.defaultKeys);
        applyToolTip(entry);
        saveKeys(entry);
    }
    Q_EMIT keysChanged();
}

void ActionRegistry::loadKeys() {
    const QSettings settings;
    for (ActionEntry& entry : m_entries) {
        const QString key = QStringLiteral("keys/") + entry.id;
        if (!settings.contains(key))
            continue;
        entry.action->setShortcuts(QKeySequence::listFromString(settings.value(key).toString(),
                                                                QKeySequence::PortableText));
        applyToolTip(entry);
    }
}

FuzzyMatch fuzzyMatch(const QString& query, const QString& text) {
    FuzzyMatch match;
    const QString haystack = text.toLower();
    int score = 0;
    for (const QString& word : query.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        std::pair<int, int> hit{-1, 0};
        int worth = 0;
        for (qsizetype at = haystack.indexOf(word); at >= 0; at = haystack.indexOf(word, at + 1)) {
            const qsizetype end = at + word.size();
            const bool starts = startsWord(haystack, at);
            const bool whole =
                starts && (end == haystack.size() || !haystack.at(end).isLetterOrNumber());
            const int value = whole ? 40 : starts ? 30 : 10;
            if (value > worth) {
                worth = value;
                hit = {static_cast<int>(at), static_cast<int>(word.size())};
            }
        }
        if (hit.first < 0) {
            hit = scattered(word, haystack);
            worth = 4;
        }
        if (hit.first < 0)
            return {};
        score += worth - std::min(hit.first, 20) / 10;
        match.hits.push_back(hit);
    }
    std::sort(match.hits.begin(), match.hits.end());
    match.score = score;
    return match;
}

} // namespace crux::ui
