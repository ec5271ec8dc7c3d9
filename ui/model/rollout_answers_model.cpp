#include "ui/model/rollout_answers_model.h"

#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"

namespace crux::ui {

namespace {
constexpr quintptr kTop = 0; ///< internal id of answers; texts carry their answer's row + 1

QString visible(QString text) {
    return text.replace(QLatin1Char('\n'), QChar(0x21B5));
}
} // namespace

RolloutAnswersModel::RolloutAnswersModel(QObject* parent)
    : QAbstractItemModel(parent) {}

void RolloutAnswersModel::setAnswers(std::vector<store::RolloutAnswer> answers, int position,
                                     int promptTokens) {
    beginResetModel();
    m_answers = std::move(answers);
    m_position = position;
    m_promptTokens = promptTokens;
    m_total = m_right = m_shared = 0;
    for (const store::RolloutAnswer& answer : m_answers) {
        const int count = static_cast<int>(answer.members.size());
        m_total += count;
        m_right += answer.verdict == Verdict::Right ? count : 0;
        for (const auto& member : answer.members)
            m_shared += member.drawnAt >= 0 && member.drawnAt < position ? 1 : 0;
    }
    endResetModel();
}

QModelIndex RolloutAnswersModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column,
                       parent.isValid() ? static_cast<quintptr>(parent.row() + 1) : kTop);
}

QModelIndex RolloutAnswersModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == kTop)
        return {};
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, kTop);
}

int RolloutAnswersModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(m_answers.size());
    if (parent.internalId() != kTop || parent.column() != 0)
        return 0;
    return static_cast<int>(m_answers[static_cast<std::size_t>(parent.row())].members.size());
}

int RolloutAnswersModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QString RolloutAnswersModel::originWords(const store::RolloutAnswer::Member& member) const {
    if (member.drawnAt < 0 || member.drawnAt >= m_position)
        return tr("own");
    const int shown = member.drawnAt - m_promptTokens + 1;
    return shown <= 0 ? tr("shared, prompt") : tr("shared, %1").arg(shown);
}

QVariant RolloutAnswersModel::answerData(const store::RolloutAnswer& answer, int column,
                                         int role) const {
    const int count = static_cast<int>(answer.members.size());
    switch (role) {
    case Qt::DisplayRole:
        if (column == Answer)
            return answer.answer.empty() ? tr("no answer") : visible(readableBytes(answer.answer));
        return column == Count ? QString::number(count) : QString();
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return tr("%1, %2: %3 of %4 rollouts")
            .arg(answer.answer.empty() ? tr("no answer") : readableBytes(answer.answer),
                 text_format::verdictWord(answer.verdict))
            .arg(count)
            .arg(m_total);
    case VerdictRole:
        return static_cast<int>(answer.verdict);
    case ShareRole:
        return m_total > 0 ? static_cast<double>(count) / m_total : 0.0;
    case TextRole:
        return false;
    default:
        return {};
    }
}

QVariant RolloutAnswersModel::textData(const store::RolloutAnswer& answer,
                                       const store::RolloutAnswer::Member& member, int column,
                                       int role) const {
    const auto text = [&] {
        return member.text.empty() ? tr("%n token(s), no vocabulary stored", nullptr,
                                        static_cast<int>(member.ids.size()))
                                   : readableBytes(member.text);
    };
    switch (role) {
    case Qt::DisplayRole:
        if (column == Answer)
            return visible(text());
        return column == Count ? QStringLiteral("#%1").arg(member.index) : originWords(member);
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole: {
        const bool shared = member.drawnAt >= 0 && member.drawnAt < m_position;
        const QString origin =
            shared ? tr("Drawn from an earlier prefix; it goes along the trajectory to here, so it "
                        "is a rollout of this prefix too (exact reuse).")
                   : tr("Drawn from this prefix.");
        return text() + QStringLiteral("\n\n") + origin + QLatin1Char(' ') +
               tr("Rollout %1, ended by %2.")
                   .arg(member.index)
                   .arg(QString::fromStdString(member.finishReason));
    }
    case VerdictRole:
        return static_cast<int>(answer.verdict);
    case TextRole:
        return true;
    default:
        return {};
    }
}

QVariant RolloutAnswersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((index.column() == Answer ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    if (index.internalId() == kTop)
        return answerData(m_answers[static_cast<std::size_t>(index.row())], index.column(), role);
    const auto& answer = m_answers[static_cast<std::size_t>(index.internalId() - 1)];
    return textData(answer, answer.members[static_cast<std::size_t>(index.row())], index.column(),
                    role);
}

QVariant RolloutAnswersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Answer ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == Answer  ? tr("Answer, texts")
           : section == Count ? tr("Count")
                              : tr("Drawn from");
}

} // namespace crux::ui
