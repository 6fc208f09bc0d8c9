/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for terms of the W3C Data Privacy Vocabulary 2 (https://w3id.org/dpv): its
 * purposes that a product may have, and its categories of personal data that one
 * may hold.  Ours say what a term means to a person, not how it is defined.
 */
#include "privacy/vocabulary.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct term {
  const char *term;
  gboolean purpose; /* else a kind of data */
  const char *words;
} terms[] = { /* sorted by term */
  { "dpv:AcademicResearch", TRUE, N_("research at schools and colleges") },
  { "dpv:AccountManagement", TRUE, N_("running your account") },
  { "dpv:Advertising", TRUE, N_("showing ads") },
  { "dpv:AgeVerification", TRUE, N_("checking how old you are") },
  { "dpv:AnonymisedData", FALSE, N_("data that cannot be tied to you") },
  { "dpv:CollectedPersonalData", FALSE, N_("data about you") },
  { "dpv:CombatClimateChange", TRUE, N_("work against climate change") },
  { "dpv:CommercialPurpose", TRUE, N_("making money") },
  { "dpv:CommercialResearch", TRUE, N_("research to make money") },
  { "dpv:CommunicationForCustomerCare", TRUE, N_("talking with you when you need help") },
  { "dpv:CommunicationManagement", TRUE, N_("sending messages") },
  { "dpv:Counterterrorism", TRUE, N_("work against terror") },
  { "dpv:CustomerCare", TRUE, N_("helping you when you ask") },
  { "dpv:CustomerManagement", TRUE, N_("looking after buyers") },
  { "dpv:CustomerRelationshipManagement", TRUE, N_("keeping track of buyers") },
  { "dpv:DataAltruism", TRUE, N_("helping the public with your data") },
  { "dpv:DeliveryOfGoods", TRUE, N_("bringing things to you") },
  { "dpv:DerivedPersonalData", FALSE, N_("what is worked out about you") },
  { "dpv:DirectMarketing", TRUE, N_("sending you ads") },
  { "dpv:DisputeManagement", TRUE, N_("settling a fight over rights") },
  { "dpv:EnforceAccessControl", TRUE, N_("letting only the right people in") },
  { "dpv:EnforceSecurity", TRUE, N_("keeping things safe") },
  { "dpv:EstablishContractualAgreement", TRUE, N_("making a contract with you") },
  { "dpv:FraudPreventionAndDetection", TRUE, N_("finding and stopping fraud") },
  { "dpv:FulfilmentOfContractualObligation", TRUE, N_("keeping a contract with you") },
  { "dpv:FulfilmentOfObligation", TRUE, N_("doing what it has to do") },
  { "dpv:GeneratedPersonalData", FALSE, N_("new data made about you") },
  { "dpv:IdentifyingPersonalData", FALSE, N_("data that says who you are") },
  { "dpv:IdentityAuthentication", TRUE, N_("checking that it is you") },
  { "dpv:IdentityVerification", TRUE, N_("checking who you are") },
  { "dpv:ImproveExistingProductsAndServices", TRUE, N_("making products and services better") },
  { "dpv:ImproveHealthcare", TRUE, N_("making health care better") },
  { "dpv:ImproveInternalCRMProcesses", TRUE, N_("making its own work with buyers better") },
  { "dpv:ImprovePublicServices", TRUE, N_("making public services better") },
  { "dpv:ImproveTransportMobility", TRUE, N_("making transport better") },
  { "dpv:IncreaseServiceRobustness", TRUE, N_("making services fail less") },
  { "dpv:InferredPersonalData", FALSE, N_("guesses about you") },
  { "dpv:InternalResourceOptimisation", TRUE, N_("saving its own time and money") },
  { "dpv:LegalCompliance", TRUE, N_("doing what the law asks") },
  { "dpv:Marketing", TRUE, N_("making people want to buy") },
  { "dpv:MisusePreventionAndDetection", TRUE, N_("finding and stopping misuse") },
  { "dpv:NonCommercialPurpose", TRUE, N_("things that make no money") },
  { "dpv:NonCommercialResearch", TRUE, N_("research that makes no money") },
  { "dpv:NonPersonalData", FALSE, N_("data that is not about you") },
  { "dpv:ObservedPersonalData", FALSE, N_("what is seen of what you do") },
  { "dpv:OptimisationForConsumer", TRUE, N_("making it work better for you") },
  { "dpv:OptimisationForController", TRUE, N_("making it work better for the maker") },
  { "dpv:OptimiseUserInterface", TRUE, N_("making it easier to use") },
  { "dpv:PaymentManagement", TRUE, N_("taking and making payments") },
  { "dpv:PersonalData", FALSE, N_("data about you") },
  { "dpv:Personalisation", TRUE, N_("fitting things to you") },
  { "dpv:PersonalisedAdvertising", TRUE, N_("showing ads that fit you") },
  { "dpv:PersonalisedBenefits", TRUE, N_("offers made for you") },
  { "dpv:PoliticalCampaign", TRUE, N_("winning votes") },
  { "dpv:ProtectionOfNationalSecurity", TRUE, N_("keeping the country safe") },
  { "dpv:ProtectionOfPublicSecurity", TRUE, N_("keeping the public safe") },
  { "dpv:ProvideEventRecommendations", TRUE, N_("tips for events") },
  { "dpv:ProvideOfficialStatistics", TRUE, N_("official counts and studies") },
  { "dpv:ProvidePersonalisedRecommendations", TRUE, N_("tips made for you") },
  { "dpv:ProvideProductRecommendations", TRUE, N_("tips what to buy") },
  { "dpv:ProvidedPersonalData", FALSE, N_("what you tell it yourself") },
  { "dpv:PseudonymisedData", FALSE, N_("data under a made-up number in place of your name") },
  { "dpv:PublicBenefit", TRUE, N_("the good of all") },
  { "dpv:PublicRelations", TRUE, N_("its own good name") },
  { "dpv:RecordManagement", TRUE, N_("keeping records") },
  { "dpv:RepairImpairments", TRUE, N_("repairing what is broken") },
  { "dpv:RequestedServiceProvision", TRUE, N_("giving you a service that you ask for") },
  { "dpv:ResearchAndDevelopment", TRUE, N_("research and new products") },
  { "dpv:RightsFulfilment", TRUE, N_("giving you what is your right") },
  { "dpv:ScientificResearch", TRUE, N_("research") },
  { "dpv:SearchFunctionalities", TRUE, N_("finding what you search for") },
  { "dpv:SellDataToThirdParties", TRUE, N_("selling your data to others") },
  { "dpv:SellInsightsFromData", TRUE, N_("selling what your data tells") },
  { "dpv:SellProducts", TRUE, N_("selling things") },
  { "dpv:SellProductsToDataSubject", TRUE, N_("selling things to you") },
  { "dpv:SensitivePersonalData", FALSE, N_("data that can hurt you in wrong hands") },
  { "dpv:ServiceAccessDetermination", TRUE, N_("checking whether you may use it") },
  { "dpv:ServiceManagement", TRUE, N_("running a service") },
  { "dpv:ServiceMonitoring", TRUE, N_("watching how a service runs") },
  { "dpv:ServiceOptimisation", TRUE, N_("making a service better") },
  { "dpv:ServicePersonalisation", TRUE, N_("fitting a service to you") },
  { "dpv:ServiceProvision", TRUE, N_("doing its job for you") },
  { "dpv:ServiceRegistration", TRUE, N_("signing you up") },
  { "dpv:ServiceUsageAnalytics", TRUE, N_("learning how people use it") },
  { "dpv:SocialMediaMarketing", TRUE, N_("ads on social media") },
  { "dpv:SpecialCategoryPersonalData", FALSE, N_("data that the law protects most") },
  { "dpv:TargetedAdvertising", TRUE, N_("ads picked for you from what is known about you") },
  { "dpv:TechnicalServiceProvision", TRUE, N_("making a service work") },
  { "dpv:UserInterfacePersonalisation", TRUE, N_("fitting the screen to you") },
  { "dpv:Verification", TRUE, N_("checking that something is true") },
  { "pd:Accent", FALSE, N_("how you speak") },
  { "pd:AccountIdentifier", FALSE, N_("an account number") },
  { "pd:Age", FALSE, N_("your age") },
  { "pd:AgeRange", FALSE, N_("about how old you are") },
  { "pd:Authenticating", FALSE, N_("what proves that it is you") },
  { "pd:AuthenticationHistory", FALSE, N_("when you signed in") },
  { "pd:Behavioral", FALSE, N_("what you do") },
  { "pd:Behavioural", FALSE, N_("what you do") },
  { "pd:Biometric", FALSE, N_("marks of your body") },
  { "pd:BirthDate", FALSE, N_("your date of birth") },
  { "pd:BrowsingBehaviour", FALSE, N_("what you look at on the web") },
  { "pd:CallLog", FALSE, N_("who called whom and when") },
  { "pd:City", FALSE, N_("your town") },
  { "pd:Communication", FALSE, N_("what you say or write to others") },
  { "pd:CommunicationsMetadata", FALSE, N_("with whom you talk and when") },
  { "pd:Contact", FALSE, N_("how to reach you") },
  { "pd:Country", FALSE, N_("your country") },
  { "pd:CurrentLocation", FALSE, N_("where you are now") },
  { "pd:Demographic", FALSE, N_("facts such as age and income") },
  { "pd:DeviceBased", FALSE, N_("data from your device") },
  { "pd:DeviceSoftware", FALSE, N_("which software you use") },
  { "pd:EmailAddress", FALSE, N_("your email address") },
  { "pd:Emotion", FALSE, N_("what you feel") },
  { "pd:FacialExpression", FALSE, N_("the look on your face") },
  { "pd:FacialPrint", FALSE, N_("a pattern of your face") },
  { "pd:Family", FALSE, N_("your family") },
  { "pd:Financial", FALSE, N_("your money") },
  { "pd:Fingerprint", FALSE, N_("your fingerprint") },
  { "pd:GPSCoordinate", FALSE, N_("the exact place where you are") },
  { "pd:Gender", FALSE, N_("your gender") },
  { "pd:Health", FALSE, N_("your health") },
  { "pd:Height", FALSE, N_("how tall you are") },
  { "pd:HomeLocation", FALSE, N_("where you live") },
  { "pd:Household", FALSE, N_("your home and who lives in it") },
  { "pd:IPAddress", FALSE, N_("the address of your internet line") },
  { "pd:Identifier", FALSE, N_("a number or name for you") },
  { "pd:Identifying", FALSE, N_("who you are") },
  { "pd:Interest", FALSE, N_("what interests you") },
  { "pd:Language", FALSE, N_("the language that you speak") },
  { "pd:Location", FALSE, N_("where you are") },
  { "pd:MACAddress", FALSE, N_("the number of your network device") },
  { "pd:MedicalHealth", FALSE, N_("your health and illnesses") },
  { "pd:MentalHealth", FALSE, N_("the health of your mind") },
  { "pd:Mood", FALSE, N_("your mood") },
  { "pd:Name", FALSE, N_("names") },
  { "pd:PINCode", FALSE, N_("a secret number") },
  { "pd:Password", FALSE, N_("a password") },
  { "pd:PaymentCard", FALSE, N_("your bank card") },
  { "pd:PhysicalAddress", FALSE, N_("your street and town") },
  { "pd:PhysicalCharacteristic", FALSE, N_("what your body is like") },
  { "pd:PhysicalHealth", FALSE, N_("the health of your body") },
  { "pd:Picture", FALSE, N_("pictures of you") },
  { "pd:Preference", FALSE, N_("what you like") },
  { "pd:PrivacyPreference", FALSE, N_("your choices about privacy") },
  { "pd:Profile", FALSE, N_("a picture of you made from your data") },
  { "pd:Purchase", FALSE, N_("what you buy") },
  { "pd:PurchasesAndSpendingHabit", FALSE, N_("how you spend money") },
  { "pd:ServiceConsumptionBehaviour", FALSE, N_("how you use services") },
  { "pd:SocialNetwork", FALSE, N_("whom you know") },
  { "pd:TVViewingBehaviour", FALSE, N_("what you watch") },
  { "pd:TelephoneNumber", FALSE, N_("your phone number") },
  { "pd:Tracking", FALSE, N_("data to follow you with") },
  { "pd:TravelHistory", FALSE, N_("where you have been") },
  { "pd:UID", FALSE, N_("a number that stands for you") },
  { "pd:UserAgent", FALSE, N_("what your program says of itself") },
  { "pd:Username", FALSE, N_("your user name") },
  { "pd:VoiceCommunicationRecording", FALSE, N_("recordings of your voice") },
  { "pd:Weight", FALSE, N_("how heavy you are") },
};
/* clang-format on */

static int
compare (gconstpointer key, gconstpointer element)
{
  return strcmp (key, ((const struct term *)element)->term);
}

static const char *
find (const char *term, gboolean purpose)
{
  const struct term *found = bsearch (term, terms, G_N_ELEMENTS (terms), sizeof terms[0], compare);

  return found && found->purpose == purpose ? found->words : NULL;
}

const char *
wattle_vocabulary_purpose (const char *term)
{
  return find (term, TRUE);
}

const char *
wattle_vocabulary_data (const char *term)
{
  return find (term, FALSE);
}
