#include "ui/pages/questions_model.h"

#include "core/store/gold_answers.h"
#include "core/store/question_names.h"
#include "core/store/repositories.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/widgets/format.h"

namespace crux::ui {

namespace {
constexpr std::int64_t kPage = 500;
}

QuestionsModel::QuestionsModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session) {}

void QuestionsModel::setDataset(DatasetId id, std::int64_t total) {
    beginResetModel();
    m_dataset = id;
    m_total = total;
    m_fetching = false;
    ++m_generation;
    m_rows.clear();
    endResetModel();
    if (canFetchMore({}))
        fetchMore({});
}

bool QuestionsModel::canFetchMore(const QModelIndex& parent) const {
    return !parent.isValid() && m_dataset && !m_fetching &&
           static_cast<std::int64_t>(m_rows.size()) < m_total;
}

void QuestionsModel::fetchMore(const QModelIndex&) {
    m_fetching = true;
    const DatasetId dataset = m_dataset;
    const auto offset = static_cast<std::int64_t>(m_rows.size());
    m_session.read<std::vector<store::QuestionRecord>>(
        this,
        [dataset, offset](const store::Project& project) {
            return store::questions(project, dataset, offset, kPage);
        },
        [this, generation = m_generation](Result<std::vector<store::QuestionRecord>> page) {
            if (generation != m_generation)
                return;
            m_fetching = false;
            if (!page.ok() || page->empty()) {
                m_total = static_cast<std::int64_t>(m_rows.size()); // asked no further
                return;
            }
            const int first = rowCount();
            beginInsertRows({}, first, first + static_cast<int>(page->size()) - 1);
            for (store::QuestionRecord& question : *page)
                m_rows.push_back(std::move(question));
            endInsertRows();
        });
}

int QuestionsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int QuestionsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant QuestionsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const store::QuestionRecord& question = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole && index.column() == Question)
        return QString::fromStdString(question.text);
    if (role == Qt::TextAlignmentRole && index.column() == Gold)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Id:
        // As the header of its trajectories names it: the rows are in the order of the import.
        return store::isNamedByText(question) ? format::integer(index.row() + 1)
                                              : QString::fromStdString(question.externalId);
    case Question:
        return QString::fromStdString(question.text).simplified();
    case Gold:
        return text_format::goldText(store::goldAnswers(question));
    default:
        return {};
    }
}

QVariant QuestionsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Gold ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Id:
        return tr("id");
    case Question:
        return tr("Question");
    case Gold:
        return tr("Gold answer");
    default:
        return {};
    }
}

} // namespace crux::ui
