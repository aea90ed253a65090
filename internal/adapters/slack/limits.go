package slack

// Lengths that Slack enforces, each with the page that states it. Slack counts
// "characters" without saying which; [units] counts the most cautious way.
const (
	// docs.slack.dev/reference/block-kit/blocks: 50 blocks in a message.
	maxBlocks = 50
	// docs.slack.dev/reference/block-kit/blocks/header-block: text.
	maxHeader = 150
	// docs.slack.dev/reference/block-kit/blocks/actions-block: elements.
	maxActions = 25
	// docs.slack.dev/reference/block-kit/blocks/context-block: a plain_text
	// object of at most 3,000.
	maxContext = 3000
	// docs.slack.dev/reference/block-kit/block-elements/button-element.
	maxButtonLabel  = 75
	maxButtonValue  = 2000
	maxButtonURL    = 3000
	maxButtonSpoken = 75
	maxActionID     = 255
	// docs.slack.dev/reference/block-kit/blocks: block_id.
	maxBlockID = 255
	// docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object.
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
	// docs.slack.dev/reference/views/modal-views: title, submit and close.
	maxModalTitle = 24
	// docs.slack.dev/reference/block-kit/blocks/input-block: label and hint.
	maxInputLabel = 2000
	// docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element:
	// max_length.
	maxInput = 3000
	// docs.slack.dev/reference/block-kit/block-elements/select-menu-element:
	// placeholder; options in an answer.
	maxPlaceholder = 150
	maxOptions     = 100
	// docs.slack.dev/reference/block-kit/composition-objects/option-object: text
	// and description, value.
	maxOptionText  = 75
	maxOptionValue = 150
	// docs.slack.dev/reference/methods/chat.update, error msg_too_long; posting
	// allows more, but every card is updated later.
	maxTopText = 4000
)

// Lengths of our own choice.
const (
	// maxTyped bounds one piece of somebody's text: about ten lines on a screen.
	// The whole text is in the audit log.
	maxTyped = 800
	// maxText bounds all text of a message. Slack refuses messages whose blocks
	// are too long together (error msg_blocks_too_long of chat.postMessage)
	// without giving the number; people have met it at 13,200 characters.
	maxText = 10_000
	// maxNamed bounds the name of a role as typed, repeated above the form.
	maxNamed = 150
	// maxShortInput bounds what is typed into one line of the form.
	maxShortInput = 200
	// maxFault bounds what is said beside a field of the form.
	maxFault = 500
	// maxSlackID bounds ids; Slack asks apps to allow for growth
	// (docs.slack.dev/changelog, "Increasing length of Slack IDs").
	maxSlackID = 64
	// maxElements bounds the elements of one rich_text block.
	maxElements = 400
)
